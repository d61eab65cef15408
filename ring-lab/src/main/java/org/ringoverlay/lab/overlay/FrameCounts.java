package org.ringoverlay.lab.overlay;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ringoverlay.testkit.FrameWatch;
import org.ringoverlay.testkit.Host;

/**
 * Counts the frames of a ring by what they are, from their bytes alone: the second byte is the
 * kind, and a message between neighbours is JSON that names its type.
 */
final class FrameCounts implements FrameWatch {
  /** What the beats to the neighbours are called, which every overlay of this design sends. */
  static final String BEAT = "beat";

  private static final byte[] TYPE = "\"type\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte LINK = 1;
  private static final int LOOKED_AT_MAX = 64;

  private final TreeMap<String, Count> counts = new TreeMap<>();

  /** Frames of a sort and their bytes. */
  static final class Count {
    private long frames;
    private long bytes;

    long frames() {
      return frames;
    }

    long bytes() {
      return bytes;
    }
  }

  @Override
  public void sent(Host from, Host to, byte[] frame) {
    Count count = counts.computeIfAbsent(sortOf(frame), sort -> new Count());
    count.frames++;
    count.bytes += frame.length;
  }

  /** Forgets what was counted. */
  void clear() {
    counts.clear();
  }

  /** All sorts, the most frequent first. */
  List<Map.Entry<String, Count>> bySort() {
    return counts.entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<String, Count> each) -> each.getValue().frames())
                .reversed())
        .toList();
  }

  /** The beats. */
  Count beats() {
    return sum(true);
  }

  /** What nodes tell each other beyond beats; no requests and no answers. */
  Count maintenance() {
    return sum(false);
  }

  private Count sum(boolean beats) {
    var sum = new Count();
    counts.forEach(
        (sort, count) -> {
          if (!sort.startsWith("(") && beats == sort.equals(BEAT)) {
            sum.frames += count.frames;
            sum.bytes += count.bytes;
          }
        });
    return sum;
  }

  private static String sortOf(byte[] frame) {
    if (frame.length < 2) {
      return "(short)";
    }
    if (frame[1] != LINK) {
      return "(" + (frame[1] == 2 ? "request" : frame[1] == 3 ? "reply" : "failure") + ")";
    }
    for (int at = 2; at + TYPE.length < Math.min(frame.length, LOOKED_AT_MAX); at++) {
      if (startsWith(frame, at)) {
        int begin = at + TYPE.length;
        int end = begin;
        while (end < frame.length && frame[end] != '"') {
          end++;
        }
        return new String(frame, begin, end - begin, StandardCharsets.US_ASCII);
      }
    }
    return "unknown";
  }

  private static boolean startsWith(byte[] frame, int at) {
    for (int i = 0; i < TYPE.length; i++) {
      if (frame[at + i] != TYPE[i]) {
        return false;
      }
    }
    return true;
  }
}
