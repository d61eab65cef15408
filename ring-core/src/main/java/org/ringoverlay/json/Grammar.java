package org.ringoverlay.json;

final class Grammar {
  private Grammar() {}

  static void check(byte[] array, int offset, int length) {}

  static void checkSize(int length) {}

  static byte[] utf8(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
