package org.ringoverlay.pubsub;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;

/** The rule for the names of topics: 1–128 bytes of UTF-8 without control characters. */
final class TopicName {
  static final int BYTES_MAX = 128;

  private TopicName() {}

  /**
   * Gives the name back.
   *
   * @throws RingException.InvalidInput if it breaks the rule
   */
  static String check(@Nullable String name) {
    if (name == null) {
      throw new RingException.InvalidInput("A request for a topic names it.");
    }
    int bytes = name.isEmpty() || name.length() > BYTES_MAX ? -1 : utf8Bytes(name);
    if (bytes < 1 || bytes > BYTES_MAX || name.chars().anyMatch(Character::isISOControl)) {
      throw new RingException.InvalidInput(
          "A topic's name is 1 to "
              + BYTES_MAX
              + " bytes of UTF-8 without control characters, not '"
              + Printable.text(name, 40)
              + "' of "
              + name.length()
              + " characters.");
    }
    return name;
  }

  /** The length in UTF-8, or −1 for a lone surrogate, which has none. */
  private static int utf8Bytes(String name) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
      return encoded.remaining();
    } catch (CharacterCodingException unpaired) {
      return -1;
    }
  }
}
