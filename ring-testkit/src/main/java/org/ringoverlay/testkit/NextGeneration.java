package org.ringoverlay.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes what a process sends look as if the next version of Ring had sent it. The process itself is
 * of the present version; only its frames are others when they reach the net.
 *
 * <ul>
 *   <li>Its hello speaks one more version of the protocol and names a feature that nobody knows.
 *   <li>Its card, the facts about it and all its messages to neighbours have a field more.
 *   <li>With each beat goes one more frame: in turn a message of a type, a frame of a kind, a hop
 *       of a kind and a frame of a version that the present one does not know, and a fact in a
 *       state that it does not know.
 * </ul>
 */
final class NextGeneration {
  /** The field that a card of the next version has more. */
  static final String CARD_FIELD = "\"next\":{\"mood\":\"fine\"}";

  private static final byte VERSION = 1;
  private static final byte LINK = 1;
  private static final byte HOP = 5;
  private static final byte UNKNOWN = 42;
  private static final int HEADER_BYTES = 2;
  private static final String MESSAGE_FIELD = ",\"next\":[7,{\"x\":null}]}";

  /** A greeting's card begins with the node's own ID. */
  private static final Pattern GREETING =
      Pattern.compile(
          "\\{\"type\":\"(?:hello|welcome)\",.*\"card\":\\{\"id\":\"([0-9a-f]{40})\".*");

  private String self = "";
  private int beats;

  /** The frames that are sent in place of one. */
  List<byte[]> inPlaceOf(byte[] frame) {
    if (frame.length <= HEADER_BYTES || frame[0] != VERSION || frame[1] != LINK) {
      return List.of(frame);
    }
    String json = new String(frame, HEADER_BYTES, frame.length - HEADER_BYTES, UTF_8);
    Matcher greeting = GREETING.matcher(json);
    if (greeting.matches()) {
      self = greeting.group(1);
    }
    byte[] newer = link(newer(json));
    return json.startsWith("{\"type\":\"beat\"") ? List.of(newer, more()) : List.of(newer);
  }

  private String newer(String json) {
    String text = json;
    if (text.startsWith("{\"type\":\"hello\"")) {
      text =
          text.replaceFirst("\"protocolMax\":\\d+", "\"protocolMax\":2")
              .replaceFirst("\"features\":\\[", "\"features\":[\"moods\"");
    }
    String mine = "{\"id\":\"" + self + "\",";
    text = text.replace(mine + "\"incarnation\"", mine + CARD_FIELD + ",\"incarnation\"");
    return text.substring(0, text.length() - 1) + MESSAGE_FIELD;
  }

  private byte[] more() {
    return switch (beats++ % 5) {
      case 0 -> link("{\"type\":\"mood\",\"mood\":\"fine\",\"of\":[\"" + self + "\"]}");
      case 1 -> new byte[] {VERSION, UNKNOWN, 1, 2, 3};
      case 2 -> new byte[] {VERSION, HOP, 0, 0, 0, 1, VERSION, UNKNOWN, 1, 2, 3};
      case 3 -> new byte[] {VERSION + 1, LINK, 1, 2, 3};
      default ->
          link(
              "{\"type\":\"news\",\"entries\":[{\"card\":{\"id\":\""
                  + self
                  + "\",\"incarnation\":1,\"address\":\"elsewhere:1\"},\"version\":1000000,"
                  + "\"state\":\"DREAMING\"}]}");
    };
  }

  private static byte[] link(String json) {
    byte[] text = json.getBytes(UTF_8);
    byte[] frame = new byte[HEADER_BYTES + text.length];
    frame[0] = VERSION;
    frame[1] = LINK;
    System.arraycopy(text, 0, frame, HEADER_BYTES, text.length);
    return frame;
  }
}
