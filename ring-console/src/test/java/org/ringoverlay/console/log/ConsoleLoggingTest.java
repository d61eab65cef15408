package org.ringoverlay.console.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConsoleLoggingTest {
  private static String logged(Runnable task) {
    PrintStream before = System.err;
    var bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      task.run();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void foreignTextCannotPretendToBeALineOfItsOwn() {
    var log = LoggerFactory.getLogger("org.ringoverlay.Some");
    String text =
        logged(() -> log.warn("said {}", "x\r\nERROR fake\u001b[31m ${jndi:ldap://a} \u202egnp"));
    assertThat(text.lines()).hasSize(2).last().asString().startsWith("    ERROR fake");
    assertThat(text).doesNotContain("\u001b").doesNotContain("\u202e").contains("${jndi:");
    assertThat(text).contains(" WARN  Some: said x");
  }

  @Test
  void aStackStandsBelowItsLine() {
    var log = LoggerFactory.getLogger("org.ringoverlay.Some");
    String text = logged(() -> log.error("broke", new IllegalStateException("a\nb")));
    assertThat(text).contains("  java.lang.IllegalStateException: a b\n    at org.ringoverlay");
  }

  @Test
  void librariesSpeakOnlyOfTrouble() {
    assertThat(logged(() -> LoggerFactory.getLogger("io.netty.x").info("chatter"))).isEmpty();
  }
}
