package org.ringoverlay.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;

/**
 * Inputs made to exhaust a reader: each must end soon, in bounded memory, and with a typed error or
 * a right answer.
 */
class HostileJsonTest {

  private static final int HUNDRED_THOUSAND = 100_000;
  private static final long TEN_SECONDS_NANOS = 10_000_000_000L;

  record Target(int x, List<Target> more, Map<String, Object> any) {}

  @Test
  void hostile13ADepthOf100000IsRefusedAtTheLimit() {
    for (String text :
        List.of(
            "[".repeat(HUNDRED_THOUSAND) + "]".repeat(HUNDRED_THOUSAND),
            "{\"any\":".repeat(HUNDRED_THOUSAND) + "1" + "}".repeat(HUNDRED_THOUSAND),
            "[{\"a\":".repeat(HUNDRED_THOUSAND))) {
      for (Class<?> type : List.of(Json.class, Target.class, Object.class, String.class)) {
        assertThat(refusal(text, type)).contains("deeper").hasSizeLessThan(200);
      }
    }
  }

  @Test
  void hostile13TheLimitItselfIsAccepted() {
    String deepest = "[".repeat(Json.DEPTH_MAX) + "]".repeat(Json.DEPTH_MAX);
    assertThat(Json.parse(deepest)).hasToString(deepest);
    assertThat(Json.parse(deepest).as(Object.class)).isNotNull();
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .isThrownBy(() -> Json.parse("[" + deepest + "]"))
        .withMessageContaining("deeper than " + Json.DEPTH_MAX);
  }

  @Test
  void hostile14AStringOf20MegabytesIsTooLarge() {
    String text = "\"" + "a".repeat(20_000_000) + "\"";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .isThrownBy(() -> Json.parse(text))
        .satisfies(error -> assertThat(error.code()).isEqualTo("too-large"));
    for (Class<?> type : List.of(Json.class, Target.class, String.class)) {
      assertThatExceptionOfType(RingException.InvalidInput.class)
          .isThrownBy(() -> JsonBinding.standard().read(bytes, 0, bytes.length, type))
          .satisfies(error -> assertThat(error.code()).isEqualTo("too-large"));
    }
    assertThatExceptionOfType(RingException.InvalidInput.class).isThrownBy(() -> Json.of(text));
  }

  @Test
  void hostile14AStringUpToTheLimitIsRead() {
    String text = "\"" + "a".repeat(Json.SIZE_BYTES_MAX - 2) + "\"";
    assertThat(Json.parse(text).as(String.class)).hasSize(Json.SIZE_BYTES_MAX - 2);
  }

  @Test
  void hostile14ANameOf50KilobytesIsRefused() {
    String text = "{\"" + "n".repeat(50_000) + "\":1}";
    for (Class<?> type : List.of(Json.class, Target.class, Map.class)) {
      assertThat(refusal(text, type)).contains("name").doesNotContain("nnn");
    }
    String longest = "{\"" + "n".repeat(Json.NAME_BYTES_MAX) + "\":1}";
    assertThat(Json.parse(longest).as(Target.class).x()).isZero();
    assertThat((Object) Json.parse(longest).as(Map.class))
        .isEqualTo(Map.of("n".repeat(Json.NAME_BYTES_MAX), 1));
    assertThat(Json.of(Json.parse(longest).as(Map.class))).hasToString(longest);
  }

  @Test
  void hostile14AMillionTinyTokensAreCheckedInLittleMemory() {
    String text = "[" + "0,".repeat(1_000_000) + "0]";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Json.parse(bytes);
    long before = allocatedBytes();
    Json json = Json.parse(bytes);
    long allocated = allocatedBytes() - before;
    assertThat(allocated).isLessThan(2L * bytes.length);
    assertThat(json.at("/999999").orElseThrow()).hasToString("0");
    assertThat(json.as(int[].class)).hasSize(1_000_001);
    assertThat(refusal(text, Target.class)).hasSizeLessThan(200);
    String nested = "[" + "[],{},".repeat(500_000) + "[]]";
    assertThat(Json.parse(nested).size()).isEqualTo(nested.length());
  }

  @Test
  void hostile15NumbersOfAMillionDigitsAreRefused() {
    String digits = "9".repeat(1_000_000);
    for (String number :
        List.of(digits, "-" + digits, "0." + digits, "1e" + digits, "1e-" + digits)) {
      for (Class<?> type : List.of(Json.class, Object.class, BigDecimal.class, int.class)) {
        assertThat(refusal(number, type)).contains("number").doesNotContain("999");
      }
      refusal("{\"x\":" + number + "}", Target.class);
      refusal("{\"unknown\":" + number + "}", Target.class);
    }
    assertThat(Json.parse("9".repeat(Json.NUMBER_CHARS_MAX)).isNumber()).isTrue();
  }

  @Test
  void hostile19ManyNamesWithCollidingHashesAreNeitherSlowNorKept() {
    // All of one length and one hash: each pair of letters is "Aa" or "BB", which hash alike.
    StringBuilder names = new StringBuilder("{");
    for (int i = 0; i < HUNDRED_THOUSAND; i++) {
      names.append(i == 0 ? "\"" : ",\"");
      for (int bit = 0; bit < 17; bit++) {
        names.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      names.append("\":0");
    }
    String text = names + "}";
    long before = cpuNanos();
    Json json = Json.parse(text);
    assertThat(json.as(Target.class)).isEqualTo(new Target(0, null, null));
    assertThat(json.as(Map.class).size()).isEqualTo(HUNDRED_THOUSAND);
    assertThat(json.at("/" + "BB".repeat(17))).isEmpty();
    assertThat(json.merge(new Target(1, List.of(), Map.of())).size()).isGreaterThan(json.size());
    // Comparing each name with each other would take minutes; time of the processor does not depend
    // on other work.
    assertThat(cpuNanos() - before).isLessThan(TEN_SECONDS_NANOS);
    assertThat(refusal(names + ",\"" + "Aa".repeat(17) + "\":0}", Target.class)).contains("twice");
  }

  @Test
  void hostile19EverNewNamesDoNotSlowDownLaterReads() {
    long before = cpuNanos();
    for (int i = 0; i < 200; i++) {
      StringBuilder text = new StringBuilder("{\"x\":7");
      for (int j = 0; j < 500; j++) {
        text.append(",\"u").append(i).append('_').append(j).append("\":0");
      }
      assertThat(Json.parse(text + "}").as(Target.class).x()).isEqualTo(7);
    }
    assertThat(cpuNanos() - before).isLessThan(TEN_SECONDS_NANOS);
  }

  @Test
  void hostile31NoMessageRepeatsWhatAStrangerWrote() {
    String attack = "\\u001b[2J\\r\\nERROR ${jndi:ldap://x} \\u202e";
    for (String text :
        List.of(
            "{\"x\":\"" + attack + "\"}",
            "{\"any\":\"" + attack + "\"}",
            "{\"more\":[{\"more\":{\"" + attack + "\":1}}]}",
            "{\"" + attack + "\":1,\"" + attack + "\":1}",
            "\"" + attack + "\"")) {
      assertThat(refusal(text, Target.class))
          .doesNotContain("jndi")
          .doesNotContain("ERROR")
          .hasSizeLessThan(600);
    }
    // A map's key is part of the place; it is shown, but only as harmless text.
    record Counts(Map<String, Integer> counts) {}
    assertThat(refusal("{\"counts\":{\"" + attack + "\":\"x\"}}", Counts.class))
        .doesNotContain("\u001b")
        .doesNotContain("\n")
        .doesNotContain("\u202e")
        .hasSizeLessThan(600);
  }

  private static String refusal(String text, Class<?> type) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String[] message = new String[1];
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .as("%s", type)
        .isThrownBy(() -> JsonBinding.standard().read(bytes, 0, bytes.length, type))
        .withNoCause()
        .satisfies(error -> message[0] = error.getMessage());
    return message[0];
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long allocatedBytes() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
