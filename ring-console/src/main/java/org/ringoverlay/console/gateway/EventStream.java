package org.ringoverlay.console.gateway;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.json.JsonObject;

/**
 * The events of one subscriber between the node's loop, which offers them, and the gateway's, which
 * writes them.
 *
 * <p>Bounded in events and in bytes, and in the bytes of all streams together. What finds no room
 * is not queued: the reader is told the first and the last number of what it missed, in its place
 * among the others. An event counts until it was written. Any thread.
 */
final class EventStream implements Backend.Listener, Feed {
  private final int eventsMax;
  private final long bytesMax;
  private final StreamBudget budget;
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long gapFrom = -1;
  private long gapTo = -1;
  private @Nullable String end;
  private @Nullable Runnable wake;
  private Backend.@Nullable Subscribed subscription;
  private boolean cancelled;

  EventStream(int eventsMax, long bytesMax, StreamBudget budget) {
    this.eventsMax = eventsMax;
    this.bytesMax = bytesMax;
    this.budget = budget;
  }

  @Override
  public void message(Backend.Message message) {
    offer(
        stream -> {
          // Asked before the text is made: a reader that stands still costs no copies.
          if (!stream.reserve(length(message))) {
            stream.gapFrom = stream.gapFrom < 0 ? message.seq() : stream.gapFrom;
            stream.gapTo = message.seq();
            return;
          }
          stream.tellGap();
          stream.add(text(message));
        });
  }

  @Override
  public void gap(long from, long to) {
    offer(
        stream -> {
          stream.gapFrom = stream.gapFrom < 0 ? from : stream.gapFrom;
          stream.gapTo = to;
        });
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
      String data = new JsonObject().put("from", gapFrom).put("to", gapTo).toString();
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
    return end != null && waiting.isEmpty() && gapFrom < 0;
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
  private static byte[] text(Backend.Message message) {
    byte[] head = head(message);
    byte[] body = message.value().bytes();
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

  private static int length(Backend.Message message) {
    return head(message).length + message.value().size() + 2;
  }

  private static byte[] head(Backend.Message message) {
    return ("id: " + message.seq() + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
  }
}
