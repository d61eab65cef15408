package org.ringoverlay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringoverlay.examples.chat.Chat;

/** Three people talk; one leaves, one is cut off. */
class ChatIT {
  private static final String PRESENT = "\\* you are %s at (127\\.0\\.0\\.1:[0-9]+); /who, /quit";

  @Test
  void peopleSeeEachOtherComeTalkAndGo() {
    try (Program ada = Program.start(Chat.class, "ada", "0")) {
      String seed = ada.awaitLine(PRESENT.formatted("ada")).group(1);
      ada.awaitLine("\\* ada joined");
      try (Program bob = Program.start(Chat.class, "bob", "0", seed);
          Program cyd = Program.start(Chat.class, "cyd", "0", seed)) {
        bob.awaitLine(PRESENT.formatted("bob"));
        cyd.awaitLine(PRESENT.formatted("cyd"));
        bob.awaitLine("\\* bob joined");
        cyd.awaitLine("\\* cyd joined");

        bob.type("hello, everybody");
        ada.awaitLine("bob: hello, everybody");
        cyd.awaitLine("bob: hello, everybody");
        ada.type("/who");
        ada.awaitLine("\\* here: ada, bob, cyd");

        bob.type("/quit");
        ada.awaitLine("\\* bob left");
        assertThat(bob.finish()).isZero();
        cyd.kill();
        ada.awaitLine("\\* cyd is gone");
        ada.type("/who");
        ada.awaitLine("\\* here: ada");
      }
      assertThat(ada.finish()).isZero();
    }
  }

  @Test
  void foreignControlCharactersDoNotReachTheTerminal() {
    try (Program ada = Program.start(Chat.class, "ada", "0")) {
      String seed = ada.awaitLine(PRESENT.formatted("ada")).group(1);
      try (Program bob = Program.start(Chat.class, "bob", "0", seed)) {
        bob.awaitLine("\\* bob joined");
        bob.type("red \u001b[31malert");
        String shown = ada.awaitLine("(bob: red .*alert)").group(1);
        assertThat(shown).doesNotContain("\u001b");
      }
    }
  }
}
