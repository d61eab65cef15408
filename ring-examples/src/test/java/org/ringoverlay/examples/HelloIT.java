package org.ringoverlay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The program of the README, run as the README says. */
class HelloIT {
  @Test
  void twoNodesDoEverythingOnce() {
    String firstPort = Program.freePort();
    try (Program first = Program.start(Hello.class, firstPort)) {
      first.awaitLine("Greeting\\[text=Hello Alice, from [0-9a-f]{40}]");
      first.awaitLine("1 \\(version [0-9]+\\)");
      first.awaitLine("Greeting\\[text=did \\{\"name\":\"job 1\"}]");
      String seed = "127.0.0.1:" + firstPort;
      try (Program second = Program.start(Hello.class, Program.freePort(), seed)) {
        second.awaitLine("Greeting\\[text=Hello Alice, from [0-9a-f]{40}]");
        second.awaitLine("2 \\(version [0-9]+\\)");
        first.awaitLine("[0-9]+ \\{\"text\":\"a node is up\"}");
        second.awaitLine("Greeting\\[text=did \\{\"name\":\"job 1\"}]");
        assertThat(second.finish()).isZero();
      }
      assertThat(first.finish()).isZero();
    }
  }
}
