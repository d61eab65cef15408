package org.ringoverlay.json;

import java.util.Arrays;

/**
 * Where the bytes of a value gather. They are those that Jackson would write.
 *
 * <p>What Jackson might refuse ends with {@link Form.GaveUp}, so that Jackson decides it.
 */
final class FormWriter {
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
  };

  /** The digits of 00 to 99. */
  private static final byte[] PAIRS = new byte[200];

  /** Of ten, as far as they are numbers. */
  private static final long[] POWERS = new long[19];

  static {
    for (int pair = 0; pair < 100; pair++) {
      PAIRS[2 * pair] = (byte) ('0' + pair / 10);
      PAIRS[2 * pair + 1] = (byte) ('0' + pair % 10);
    }
    POWERS[0] = 1;
    for (int power = 1; power < POWERS.length; power++) {
      POWERS[power] = 10 * POWERS[power - 1];
    }
  }

  private static final int LONG_CHARS_MAX = 20;
  private static final int CHAR_BYTES_MAX = 6;

  /** A longer text with escapes is left to Jackson, which writes it in pieces. */
  private static final int UNUSUAL_CHARS_MAX = 1 << 16;

  private static final int BYTES_FIRST = 1_024;

  /** What a thread keeps for its next value is not larger. */
  private static final int BYTES_KEPT_MAX = 1 << 16;

  /** Of each thread the one that its messages go through, one after the other. */
  private static final ThreadLocal<FormWriter> OWN = ThreadLocal.withInitial(FormWriter::new);

  private byte[] bytes = new byte[BYTES_FIRST];
  private int size;
  private int depth;
  private boolean taken;

  private FormWriter() {}

  /** An empty one, to be {@linkplain #release released}. */
  static FormWriter take() {
    FormWriter own = OWN.get();
    FormWriter free = own.taken ? new FormWriter() : own;
    free.taken = true;
    return free;
  }

  /** The thread may use it for another value. */
  void release() {
    if (bytes.length > BYTES_KEPT_MAX) {
      bytes = new byte[BYTES_FIRST];
    }
    size = 0;
    depth = 0;
    taken = false;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  void enter(char bracket) {
    if (++depth > StandardBinding.MESSAGE_DEPTH_MAX) {
      throw new Form.GaveUp();
    }
    one(bracket);
  }

  void leave(char bracket) {
    depth--;
    one(bracket);
  }

  void one(char ascii) {
    reserve(1);
    bytes[size++] = (byte) ascii;
  }

  void raw(byte[] written) {
    reserve(written.length);
    System.arraycopy(written, 0, bytes, size, written.length);
    size += written.length;
  }

  void number(long number) {
    reserve(LONG_CHARS_MAX);
    if (number == Long.MIN_VALUE) {
      for (char c : Long.toString(number).toCharArray()) {
        bytes[size++] = (byte) c;
      }
      return;
    }
    long left = number;
    if (left < 0) {
      bytes[size++] = '-';
      left = -left;
    }
    int digits = digits(left);
    int place = size + digits;
    while (left >= 100) {
      long rest = left / 100;
      int pair = 2 * (int) (left - 100 * rest);
      bytes[--place] = PAIRS[pair + 1];
      bytes[--place] = PAIRS[pair];
      left = rest;
    }
    bytes[--place] = PAIRS[2 * (int) left + 1];
    if (left >= 10) {
      bytes[--place] = PAIRS[2 * (int) left];
    }
    size += digits;
  }

  private static int digits(long number) {
    int digits = 1;
    while (digits < POWERS.length && number >= POWERS[digits]) {
      digits++;
    }
    return digits;
  }

  void text(String text) {
    int length = text.length();
    reserve(length + 2);
    int start = size;
    bytes[size++] = '"';
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        size = start;
        unusualText(text);
        return;
      }
      bytes[size++] = (byte) c;
    }
    bytes[size++] = '"';
  }

  private void unusualText(String text) {
    if (text.length() > UNUSUAL_CHARS_MAX) {
      throw new Form.GaveUp();
    }
    reserve(CHAR_BYTES_MAX * text.length() + 2);
    bytes[size++] = '"';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
        bytes[size++] = (byte) c;
      } else {
        unusual(c);
      }
    }
    bytes[size++] = '"';
  }

  private void unusual(char c) {
    if (Character.isSurrogate(c)) {
      throw new Form.GaveUp();
    }
    if (c >= 0x800) {
      bytes[size++] = (byte) (0xE0 | (c >> 12));
      bytes[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
      bytes[size++] = (byte) (0x80 | (c & 0x3F));
    } else if (c >= 0x80) {
      bytes[size++] = (byte) (0xC0 | (c >> 6));
      bytes[size++] = (byte) (0x80 | (c & 0x3F));
    } else if (c == 0x7F) {
      bytes[size++] = (byte) c;
    } else {
      bytes[size++] = '\\';
      switch (c) {
        case '"', '\\' -> bytes[size++] = (byte) c;
        case '\b' -> bytes[size++] = 'b';
        case '\t' -> bytes[size++] = 't';
        case '\n' -> bytes[size++] = 'n';
        case '\f' -> bytes[size++] = 'f';
        case '\r' -> bytes[size++] = 'r';
        default -> {
          bytes[size++] = 'u';
          bytes[size++] = '0';
          bytes[size++] = '0';
          bytes[size++] = HEX[c >> 4];
          bytes[size++] = HEX[c & 0xF];
        }
      }
    }
  }
}
