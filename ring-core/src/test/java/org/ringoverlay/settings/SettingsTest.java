package org.ringoverlay.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException.InvalidInput;
import org.ringoverlay.settings.Settings.Source;

class SettingsTest {
  private static final Setting<Long> INTERVAL =
      Setting.duration("ring.heartbeat.interval", "250ms", "How often.");
  private static final Setting<Long> BYTES = Setting.size("ring.frame.max", "4MiB", "How long.");
  private static final Setting<Integer> HOPS =
      Setting.integer("ring.hops.max", 16, 1, 64, "How far.");
  private static final Setting<Boolean> FOUND = Setting.flag("ring.found", false, "Whether.");
  private static final Setting<String> NAME = Setting.text("ring.name", "ring", "Which.");
  private static final List<Setting<?>> KNOWN = List.of(INTERVAL, BYTES, HOPS, FOUND, NAME);

  private static Settings of(Source... sources) {
    return Settings.resolve(KNOWN, List.of(sources));
  }

  private static Source source(String name, String value) {
    return new Source("the builder", Map.of(name, value));
  }

  @Test
  void defaultsHoldWhereNobodySaysOtherwise() {
    Settings settings = Settings.defaults(KNOWN);
    assertThat(settings.get(INTERVAL)).isEqualTo(250_000_000L);
    assertThat(settings.get(BYTES)).isEqualTo(4L << 20);
    assertThat(settings.get(HOPS)).isEqualTo(16);
    assertThat(settings.get(FOUND)).isFalse();
    assertThat(settings.get(NAME)).isEqualTo("ring");
    assertThat(settings.origin(HOPS)).isEqualTo("the default");
    assertThat(settings.known()).containsExactlyInAnyOrderElementsOf(KNOWN);
  }

  @ParameterizedTest
  @CsvSource({
    "0ms, 0",
    "1ms, 1000000",
    "5s, 5000000000",
    "10m, 600000000000",
    "1h, 3600000000000",
    "1d, 86400000000000",
    "106751d, 9223286400000000000"
  })
  void durationsAreReadToNanoseconds(String text, long nanos) {
    assertThat(of(source("ring.heartbeat.interval", text)).get(INTERVAL)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "s",
        "-1s",
        "1.5s",
        " 5s",
        "5 s",
        "5S",
        "5us",
        "106752d",
        "1234567890123s"
      })
  void durationsThatAreNoneAreRefused(String text) {
    assertThatExceptionOfType(InvalidInput.class)
        .isThrownBy(() -> of(source("ring.heartbeat.interval", text)))
        .withMessageContaining("ring.heartbeat.interval")
        .withMessageContaining("the builder")
        .withMessageContaining("250ms");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4096, 4096",
    "7B, 7",
    "64KiB, 65536",
    "8MiB, 8388608",
    "2GiB, 2147483648",
    "8589934591GiB, 9223372035781033984"
  })
  void sizesAreReadToBytes(String text, long bytes) {
    assertThat(of(source("ring.frame.max", text)).get(BYTES)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "4kb", "4MB", "1.5MiB", "8589934592GiB", "1234567890123456"})
  void sizesThatAreNoneAreRefused(String text) {
    assertThatExceptionOfType(InvalidInput.class)
        .isThrownBy(() -> of(source("ring.frame.max", text)));
  }

  @Test
  void integersHoldToTheirBoundsWhichAreAllowedThemselves() {
    assertThat(of(source("ring.hops.max", "1")).get(HOPS)).isEqualTo(1);
    assertThat(of(source("ring.hops.max", "64")).get(HOPS)).isEqualTo(64);
    for (String text : List.of("0", "65", "-1", "2147483648", "x", "", "1.0")) {
      assertThatExceptionOfType(InvalidInput.class)
          .isThrownBy(() -> of(source("ring.hops.max", text)))
          .withMessageContaining("from 1 to 64");
    }
  }

  @Test
  void flagsAreTrueOrFalseAndNothingElse() {
    assertThat(of(source("ring.found", "true")).get(FOUND)).isTrue();
    assertThatExceptionOfType(InvalidInput.class)
        .isThrownBy(() -> of(source("ring.found", "TRUE")))
        .withMessageContaining("true or false");
  }

  @Test
  void firstSourceWinsAndIsNamed() {
    Settings settings =
        of(
            new Source("the builder", Map.of("ring.hops.max", "3")),
            new Source("ring.yaml", Map.of("ring.hops.max", "4", "ring.name", "x")));
    assertThat(settings.get(HOPS)).isEqualTo(3);
    assertThat(settings.origin(HOPS)).isEqualTo("the builder");
    assertThat(settings.get(NAME)).isEqualTo("x");
    assertThat(settings.origin(NAME)).isEqualTo("ring.yaml");
  }

  @Test
  void badValueIsRefusedEvenWhereAnotherSourceWins() {
    assertThatExceptionOfType(InvalidInput.class)
        .isThrownBy(
            () ->
                of(
                    new Source("the builder", Map.of("ring.hops.max", "3")),
                    new Source("ring.yaml", Map.of("ring.hops.max", "many"))))
        .withMessageContaining("ring.yaml");
  }

  @Test
  void unknownNameNamesTheNearest() {
    assertThatExceptionOfType(InvalidInput.class)
        .isThrownBy(() -> of(source("ring.heartbeet.intervall", "1s")))
        .withMessageContaining("ring.heartbeet.intervall")
        .withMessageContaining("Did you mean 'ring.heartbeat.interval'?");
  }

  @Test
  void unknownNameFarFromAllNamesNone() {
    assertThatExceptionOfType(InvalidInput.class)
        .isThrownBy(() -> of(source("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "1s")))
        .withMessageNotContaining("Did you mean");
  }

  @Test
  void hostileNameIsNotEchoedRaw() {
    assertThatExceptionOfType(InvalidInput.class)
        .isThrownBy(() -> of(source("ring.\r\nERROR\u001b[31m" + "x".repeat(100_000), "1")))
        .satisfies(
            refused -> {
              assertThat(refused.getMessage()).doesNotContain("\r", "\n", "\u001b");
              assertThat(refused.getMessage().length()).isLessThan(400);
            });
  }

  @Test
  void environmentNamesAreTheSameNamesInCapitals() {
    assertThat(INTERVAL.environmentName()).isEqualTo("RING_HEARTBEAT_INTERVAL");
    Source environment =
        Source.environment(
            Map.of("RING_HEARTBEAT_INTERVAL", "1s", "PATH", "/bin", "STRING_X", "y"));
    assertThat(environment.values()).containsOnlyKeys("ring.heartbeat.interval");
    Settings settings = of(environment);
    assertThat(settings.get(INTERVAL)).isEqualTo(1_000_000_000L);
    assertThat(settings.origin(INTERVAL)).isEqualTo("the environment");
  }

  @Test
  void variablesOfTheCommandAreNoSettings() {
    assertThat(
            Source.environment(Map.of("RING_NODE", "http://127.0.0.1:8400", "RING_JAVA_OPTS", "-x"))
                .values())
        .isEmpty();
  }

  @Test
  void mistypedVariableIsRefusedAndNamesTheNearest() {
    assertThatExceptionOfType(InvalidInput.class)
        .isThrownBy(() -> of(Source.environment(Map.of("RING_HOP_MAX", "3"))))
        .withMessageContaining("ring.hops.max")
        .withMessageContaining("the environment");
  }

  @Test
  void systemPropertiesOfOthersAreLeftAlone() {
    assertThat(
            Source.systemProperties(Map.of("ring.hops.max", "3", "user.dir", "/", "ringing", "x"))
                .values())
        .containsExactly(Map.entry("ring.hops.max", "3"));
  }

  @Test
  void settingWithABadNameOrDefaultIsAMistakeAtOnce() {
    assertThatIllegalArgumentException().isThrownBy(() -> Setting.text("Ring.Name", "", "x"));
    assertThatIllegalArgumentException().isThrownBy(() -> Setting.text("ring", "", "x"));
    assertThatExceptionOfType(InvalidInput.class)
        .isThrownBy(() -> Setting.integer("ring.x", 0, 1, 2, "x"));
  }
}
