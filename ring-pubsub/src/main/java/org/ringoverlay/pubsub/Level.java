package org.ringoverlay.pubsub;

import java.util.Locale;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;

/** How far a message has come when its publisher is told. */
public enum Level {
  /** It was handed to the ring. Nobody says whether it arrived. */
  SENT,
  /** The topic's root gave it its place and queued it to every subscriber. The default. */
  SEQUENCED,
  /** The subscribers' nodes confirmed it, or the deadline passed. */
  DELIVERED;

  /**
   * Reads {@code sent}, {@code sequenced} or {@code delivered}, as the gateway and the command
   * write them.
   *
   * @throws RingException.InvalidInput if it is none of these
   */
  public static Level parse(String text) {
    for (Level level : values()) {
      if (level.text().equals(text)) {
        return level;
      }
    }
    throw new RingException.InvalidInput(
        "A level is sent, sequenced or delivered, not '" + Printable.text(text, 40) + "'.");
  }

  /** The level's name in lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
