package org.ringoverlay.console.gateway;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.json.JsonObject;

/**
 * The events of one subscriber between the node's loop, which offers them, and the gateway's, which
 * writes them.
 *
 * <p>Bounded in events and in bytes, and in the bytes of all streams together. What finds no room
 * is not queued: the reader is told the first and the last number of what it missed, in its place
 * among the others. Of a record's versions the last one follows such a gap in any case, so that the
 * reader ends up with what the record is. An event counts until it was written. Any thread.
 */
final class EventStream implements Backend.Listener, Feed {
  private final int eventsMax;
  private final long bytesMax;
  private final StreamBudget budget;
  private final Numbers numbers;
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long gapFrom = -1;
  private long gapTo = -1;
  private @Nullable String end;
  private @Nullable Runnable wake;
  private Backend.@Nullable Subscribed subscription;
  private boolean cancelled;

  /** The newest version of all, if there was no room for it. */
  private @Nullable Held last;

  /** What the numbers of the events are. */
  enum Numbers {
    /** Of a topic's messages. */
    SEQUENCES,
    /** Of a record's values, which stand in JSON as strings. */
    VERSIONS
  }

  /** An event that is not written out yet. */
  private record Held(long number, Supplier<byte[]> body) {}

  EventStream(int eventsMax, long bytesMax, StreamBudget budget, Numbers numbers) {
    this.eventsMax = eventsMax;
    this.bytesMax = bytesMax;
    this.budget = budget;
    this.numbers = numbers;
  }

  @Override
  public void message(Backend.Message message) {
    event(message.seq(), message.value().size(), () -> message.value().bytes());
  }

  /**
   * One more event.
   *
   * @param number higher than those before
   * @param bodyBytes how long its JSON is
   * @param body makes its JSON
   */
  void event(long number, int bodyBytes, Supplier<byte[]> body) {
    offer(
        stream -> {
          stream.passOverLast();
          // Asked before the text is made: a reader that stands still costs no copies.
          if (stream.reserve(head(number).length + bodyBytes + 2)) {
            stream.tellGap();
            stream.add(text(number, body.get()));
          } else if (stream.numbers == Numbers.VERSIONS && !stream.cancelled) {
            stream.last = new Held(number, body);
          } else {
            stream.miss(number, number);
          }
        });
  }

  @Override
  public void gap(long from, long to) {
    offer(
        stream -> {
          stream.passOverLast();
          stream.miss(from, to);
        });
  }

  private void miss(long from, long to) {
    gapFrom = gapFrom < 0 ? from : gapFrom;
    gapTo = to;
  }

  private void passOverLast() {
    Held held = last;
    if (held != null) {
      last = null;
      miss(held.number, held.number);
    }
  }

  @Override
  public void ended(String reason) {
    offer(stream -> stream.end = reason);
  }

  private void offer(Consumer<EventStream> change) {
    Runnable waker;
    synchronized (this) {
      change.accept(this);
      waker = wake;
    }
    if (waker != null) {
      waker.run();
    }
  }

  private boolean reserve(int bytes) {
    // One place is kept for the gap that may have to be told first.
    return !cancelled
        && waiting.size() + 1 < eventsMax
        && waitingBytes + bytes <= bytesMax
        && budget.take(bytes);
  }

  private void add(byte[] text) {
    waiting.add(text);
    waitingBytes += text.length;
  }

  private void tellGap() {
    if (gapFrom >= 0) {
      var data = new JsonObject();
      if (numbers == Numbers.VERSIONS) {
        data.put("from", Long.toString(gapFrom)).put("to", Long.toString(gapTo));
      } else {
        data.put("from", gapFrom).put("to", gapTo);
      }
      byte[] text = ("event: gap\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
      // A gap is short and always told, so it is counted and never refused.
      budget.force(text.length);
      add(text);
      gapFrom = -1;
    }
  }

  /** Says what to cancel when the reader is gone; the reader may be gone already. */
  void subscribed(Backend.Subscribed subscribed) {
    boolean late;
    synchronized (this) {
      this.subscription = subscribed;
      late = cancelled;
    }
    if (late) {
      subscribed.cancel();
    }
  }

  @Override
  public synchronized byte[] begin(Runnable waker) {
    Backend.@Nullable Subscribed subscribed = subscription;
    if (subscribed == null) {
      throw new IllegalStateException("a stream begins when its subscription stands");
    }
    this.wake = waker;
    return ("event: ready\nid: " + subscribed.seq() + "\ndata: {}\n\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized byte @Nullable [] take() {
    if (waiting.isEmpty()) {
      tellGap();
      Held held = last;
      if (held != null) {
        last = null;
        byte[] text = text(held.number, held.body.get());
        budget.force(text.length);
        add(text);
      }
    }
    byte[] next = waiting.poll();
    if (next != null) {
      waitingBytes -= next.length;
    }
    return next;
  }

  @Override
  public void written(byte[] event) {
    budget.give(event.length);
  }

  @Override
  public synchronized boolean isOver() {
    return end != null && waiting.isEmpty() && gapFrom < 0 && last == null;
  }

  /** Ends the subscription; what comes after is dropped because nobody reads. */
  @Override
  public void cancel() {
    Backend.@Nullable Subscribed ending;
    synchronized (this) {
      if (!cancelled) {
        cancelled = true;
        budget.give(waitingBytes);
        waiting.clear();
        waitingBytes = 0;
        gapFrom = -1;
        last = null;
      }
      wake = null;
      ending = subscription;
    }
    if (ending != null) {
      ending.cancel();
    }
  }

  /**
   * A blank outside a string may be any, so line ends become spaces and the value stays the same.
   */
  private static byte[] text(long number, byte[] body) {
    return text(head(number), body);
  }

  /** An event of an ID. */
  static byte[] text(String id, byte[] body) {
    return text(("id: " + id + "\ndata: ").getBytes(StandardCharsets.US_ASCII), body);
  }

  private static byte[] text(byte[] head, byte[] body) {
    byte[] all = new byte[head.length + body.length + 2];
    System.arraycopy(head, 0, all, 0, head.length);
    for (int i = 0; i < body.length; i++) {
      byte b = body[i];
      all[head.length + i] = b == '\n' || b == '\r' ? (byte) ' ' : b;
    }
    all[all.length - 2] = '\n';
    all[all.length - 1] = '\n';
    return all;
  }

  private static byte[] head(long number) {
    return ("id: " + number + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
  }
}
