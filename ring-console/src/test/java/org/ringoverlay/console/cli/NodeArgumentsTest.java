package org.ringoverlay.console.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.console.node.NodeOptions;
import org.ringoverlay.error.RingException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class NodeArgumentsTest {
  @TempDir Path temp;

  private static NodeOptions options(String... words) {
    CommandSpec spec = CommandSpec.create();
    NodeArguments.shape(spec);
    return NodeArguments.options(
        new CommandLine(spec).parseArgs(words),
        Map.of("ring.retry.max", "3s", "java.home", "/"),
        Map.of("RING_RETRY_FIRST", "1s", "RING_NODE", "http://127.0.0.1:1", "PATH", "/"));
  }

  @Test
  void aloneMeansTheUsualPortsInMemory() {
    NodeOptions options = options();
    assertThat(options.listen()).isEqualTo("127.0.0.1:7400");
    assertThat(options.http()).isEqualTo("127.0.0.1:8400");
    assertThat(options.data()).isEmpty();
    assertThat(options.ring()).isEqualTo("ring");
    assertThat(options.seeds()).isEmpty();
    assertThat(options.echo()).isTrue();
    assertThat(options.found()).isFalse();
  }

  @Test
  void everyOptionIsRead() {
    NodeOptions options =
        options(
            "--listen",
            "127.0.0.1:1",
            "--http=off",
            "--data",
            "d",
            "--ring",
            "r",
            "--seeds",
            "127.0.0.1:2, 127.0.0.1:3,",
            "--label",
            "zone=a",
            "--label",
            "rack=b=c",
            "--found",
            "--advertise",
            "127.0.0.1:4",
            "--join-timeout",
            "5s",
            "--no-echo",
            "--set",
            "ring.retry.max=1s");
    assertThat(options.listen()).isEqualTo("127.0.0.1:1");
    assertThat(options.http()).isEqualTo("off");
    assertThat(options.data()).isEqualTo("d");
    assertThat(options.ring()).isEqualTo("r");
    assertThat(options.seeds()).containsExactly("127.0.0.1:2", "127.0.0.1:3");
    assertThat(options.labels()).containsOnly(Map.entry("zone", "a"), Map.entry("rack", "b=c"));
    assertThat(options.advertise()).isEqualTo("127.0.0.1:4");
    assertThat(options.found()).isTrue();
    assertThat(options.echo()).isFalse();
    assertThat(options.set())
        .containsOnly(Map.entry("ring.join.timeout", "5s"), Map.entry("ring.retry.max", "1s"));
  }

  @Test
  void settingsStandInPropertiesThenTheEnvironmentThenTheFile() throws IOException {
    Path file = temp.resolve("ring.yaml");
    Files.writeString(
        file,
        """
        ring:
          heartbeat:
            interval: 1s
        ring.members.max: 100
        """);
    NodeOptions options = options("--config", file.toString());
    assertThat(options.sources()).hasSize(3);
    assertThat(options.sources().get(0).values()).containsOnly(Map.entry("ring.retry.max", "3s"));
    assertThat(options.sources().get(1).values()).containsOnly(Map.entry("ring.retry.first", "1s"));
    assertThat(options.sources().get(2).origin()).isEqualTo(file.toString());
    assertThat(options.sources().get(2).values())
        .containsOnly(
            Map.entry("ring.heartbeat.interval", "1s"), Map.entry("ring.members.max", "100"));
  }

  @Test
  void aFileThatIsNoSettingsIsAClearError() throws IOException {
    Path file = temp.resolve("ring.yaml");
    for (String text :
        new String[] {"- a\n- b\n", "ring: [1, 2]\n", "a: {b\n", "just words\n", "ring:\n"}) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> options("--config", file.toString()))
          .as(text)
          .isInstanceOf(RingException.InvalidInput.class)
          .hasMessageContaining(file.toString());
    }
    Files.writeString(file, "# nothing\n");
    assertThat(options("--config", file.toString()).sources().get(2).values()).isEmpty();
    assertThatThrownBy(() -> options("--config", temp.resolve("none.yaml").toString()))
        .isInstanceOf(RingException.InvalidInput.class);
  }

  @Test
  void pairsAreNamesAndValuesOnce() {
    assertThatThrownBy(() -> options("--label", "zone")).hasMessageContaining("NAME=VALUE");
    assertThatThrownBy(() -> options("--set", "=1")).hasMessageContaining("NAME=VALUE");
    assertThatThrownBy(() -> options("--label", "a=1", "--label", "a=2"))
        .hasMessageContaining("twice");
  }
}
