package org.ringoverlay.console.events;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;

/**
 * The newest events, numbered from 1, for any number of readers.
 *
 * <p>The events stand here once; a reader is a place in them and holds none, so one that stands
 * still costs nothing and is told the gap when the oldest events have gone on without it. An
 * event's ID holds the log's life beside its number, so that an ID of a node that was started again
 * is not mistaken for one of its new life. Any thread.
 */
public final class EventLog {
  /** The ID before the first event of any life. */
  public static final String BEGINNING = "0";

  private static final Pattern ID = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

  private final String life;
  private final long bytesMax;
  private final byte[] @Nullable [] kept;
  private final Set<Reader> readers = new LinkedHashSet<>();
  private long keptBytes;
  private long first = 1;
  private long last;

  /** What a reader finds next. */
  public sealed interface Item {
    /**
     * An event.
     *
     * @param json one JSON object on one line; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // an event is written once and never compared
    record Event(String id, byte[] json) implements Item {}

    /** The events with these numbers are not there any more. */
    record Gap(long from, long to) implements Item {}

    /** What happened between the reader's place and the beginning of this life is not known. */
    record OtherLife() implements Item {}
  }

  /**
   * An empty log.
   *
   * @param eventsMax how many events are kept
   * @param bytesMax how many bytes of them are kept; the newest is kept whatever its size
   * @param life a number that no other life of the same node has
   */
  public EventLog(int eventsMax, long bytesMax, long life) {
    this.life = Long.toString(life);
    this.bytesMax = bytesMax;
    this.kept = new byte[eventsMax][];
  }

  /** Adds an event, for which the oldest may have to go. */
  void add(byte[] json) {
    var woken = new ArrayList<Runnable>();
    synchronized (this) {
      if (last - first + 1 == kept.length) {
        dropFirst();
      }
      last++;
      kept[slot(last)] = json;
      keptBytes += json.length;
      while (keptBytes > bytesMax && first < last) {
        dropFirst();
      }
      for (Reader reader : readers) {
        reader.wakeInto(woken);
      }
    }
    woken.forEach(Runnable::run);
  }

  private void dropFirst() {
    keptBytes -= at(first).length;
    kept[slot(first)] = null;
    first++;
  }

  private byte[] at(long number) {
    byte[] event = kept[slot(number)];
    if (event == null) {
      throw new IllegalStateException("event " + number + " is not kept");
    }
    return event;
  }

  private int slot(long number) {
    return (int) (number % kept.length);
  }

  /**
   * A reader of what comes after an event.
   *
   * @param id the event's ID as {@link Item.Event} gave it, {@link #BEGINNING} for all that is
   *     kept, or null for what comes from now on
   * @throws RingException.InvalidInput if it is no such ID, or that of an event that has not
   *     happened
   */
  public synchronized Reader readAfter(@Nullable String id) {
    if (id == null) {
      return new Reader(last, false);
    }
    if (id.equals(BEGINNING)) {
      return new Reader(0, false);
    }
    Matcher parts = ID.matcher(id);
    if (!parts.matches()) {
      throw new RingException.InvalidInput(
          "There is no event '"
              + Printable.text(id, 60)
              + "': an ID is one that this stream gave, or 0 for all that is kept.");
    }
    if (!parts.group(1).equals(life)) {
      return new Reader(0, true);
    }
    long number = Long.parseLong(parts.group(2));
    if (number > last) {
      throw new RingException.InvalidInput(
          "Event '" + id + "' has not happened yet; the newest is " + life + "-" + last + ".");
    }
    return new Reader(number, false);
  }

  /** A place in the log. Any thread. */
  public final class Reader {
    private long taken;
    private boolean fromOtherLife;
    private boolean idle;
    private @Nullable Runnable waker;

    private Reader(long taken, boolean fromOtherLife) {
      this.taken = taken;
      this.fromOtherLife = fromOtherLife;
    }

    /** The ID of the event after which this reader goes on. */
    public String position() {
      synchronized (EventLog.this) {
        return life + "-" + taken;
      }
    }

    /**
     * Says whom to wake, on the thread of whoever adds an event, when {@link #take} has given null
     * and there is something to take again.
     */
    public void open(Runnable wake) {
      synchronized (EventLog.this) {
        waker = wake;
        readers.add(this);
      }
    }

    private void wakeInto(List<Runnable> woken) {
      Runnable wake = waker;
      if (idle && wake != null) {
        idle = false;
        woken.add(wake);
      }
    }

    /** What comes next, or null if there is nothing now. */
    public @Nullable Item take() {
      synchronized (EventLog.this) {
        if (fromOtherLife) {
          fromOtherLife = false;
          return new Item.OtherLife();
        }
        if (taken + 1 < first) {
          var gap = new Item.Gap(taken + 1, first - 1);
          taken = first - 1;
          return gap;
        }
        if (taken == last) {
          idle = true;
          return null;
        }
        taken++;
        return new Item.Event(life + "-" + taken, at(taken));
      }
    }

    /** Wakes nobody any more. */
    public void close() {
      synchronized (EventLog.this) {
        waker = null;
        readers.remove(this);
      }
    }
  }

  /** How many readers are open. */
  public synchronized int readers() {
    return readers.size();
  }
}
