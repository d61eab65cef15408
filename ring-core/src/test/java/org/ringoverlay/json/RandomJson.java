package org.ringoverlay.json;

import java.util.List;
import java.util.SplittableRandom;

/** Random valid JSON, spelled in unusual ways. */
final class RandomJson {

  private static final List<String> SCALARS =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "-0",
          "1.50",
          "1e5",
          "-12.5E-3",
          "12345678901234567890",
          "1.0e+400",
          "\"\"",
          "\"a\"",
          "\"\\u00fc\\n\\\"\"",
          "\"ü東\ud83d\ude00\"",
          "\"\\ud83d\\ude00\"",
          "\"\\\\\"",
          "\"{[,:]}\"",
          "\"a longer text without anything\"");
  private static final List<String> BLANKS = List.of("", "", "", " ", "\n", "\t ", "\r\n");

  private final SplittableRandom random;

  RandomJson(SplittableRandom random) {
    this.random = random;
  }

  String value(int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(4);
    if (kind < 2) {
      return SCALARS.get(random.nextInt(SCALARS.size()));
    }
    int size = random.nextInt(4);
    StringBuilder text = new StringBuilder(kind == 2 ? "[" : "{").append(blank());
    for (int i = 0; i < size; i++) {
      text.append(i == 0 ? "" : "," + blank());
      if (kind == 3) {
        text.append(name(i)).append(blank()).append(':').append(blank());
      }
      text.append(value(depth - 1)).append(blank());
    }
    return text.append(kind == 2 ? ']' : '}').toString();
  }

  String object(List<String> names, List<String> values) {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < names.size(); i++) {
      text.append(i == 0 ? "" : ",").append(blank()).append('"').append(names.get(i)).append('"');
      text.append(blank()).append(':').append(blank()).append(values.get(i)).append(blank());
    }
    return text.append('}').toString();
  }

  String blank() {
    return BLANKS.get(random.nextInt(BLANKS.size()));
  }

  private String name(int index) {
    return switch (random.nextInt(4)) {
      case 0 -> "\"\\u006e" + index + "\"";
      case 1 -> "\"ñ" + index + "\"";
      default -> "\"n" + index + "\"";
    };
  }
}
