package org.ringoverlay.console.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The events of one watcher of a prefix between the node's loop, which offers them, and the
 * gateway's, which writes them.
 *
 * <p>A reader that is slow is waited for: nothing more is asked of the ring until there is room,
 * and what was not kept there meanwhile is told as a gap by the watch itself. Bounded in events and
 * in bytes, with one event in any case, and in the bytes of all streams together. Any thread.
 */
final class PrefixStream implements Backend.PrefixWatcher, Feed {
  private static final CompletionStage<?> READY = CompletableFuture.completedFuture(null);

  private final int eventsMax;
  private final long bytesMax;
  private final StreamBudget budget;
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private @Nullable CompletableFuture<Void> room;
  private @Nullable String end;
  private @Nullable Runnable wake;
  private Backend.@Nullable WatchedPrefix watch;
  private boolean cancelled;

  PrefixStream(int eventsMax, long bytesMax, StreamBudget budget) {
    this.eventsMax = eventsMax;
    this.bytesMax = bytesMax;
    this.budget = budget;
  }

  @Override
  public CompletionStage<?> changed(Backend.Changed change, String bookmark) {
    return add(EventStream.text(bookmark, Watches.body(change)));
  }

  /**
   * Its ID takes the place of the one before: a reader that has forgotten what it was told must not
   * resume from there.
   */
  @Override
  public void gap(String bookmark) {
    CompletionStage<?> unused =
        add(("event: gap\nid: " + bookmark + "\ndata: {}\n\n").getBytes(US_ASCII));
  }

  private CompletionStage<?> add(byte[] text) {
    CompletionStage<?> next = READY;
    Runnable waker;
    synchronized (this) {
      if (cancelled) {
        return READY;
      }
      budget.force(text.length);
      waiting.add(text);
      waitingBytes += text.length;
      if (!hasRoom()) {
        var full = new CompletableFuture<Void>();
        room = full;
        next = full;
      }
      waker = wake;
    }
    if (waker != null) {
      waker.run();
    }
    return next;
  }

  private boolean hasRoom() {
    return waiting.isEmpty()
        || (waiting.size() < eventsMax && waitingBytes < bytesMax && budget.take(0));
  }

  @Override
  public void ended(String reason) {
    Runnable waker;
    synchronized (this) {
      end = reason;
      waker = wake;
    }
    if (waker != null) {
      waker.run();
    }
  }

  /** Says what to cancel when the reader is gone; the reader may be gone already. */
  void watched(Backend.WatchedPrefix standing) {
    boolean late;
    synchronized (this) {
      this.watch = standing;
      late = cancelled;
    }
    if (late) {
      standing.cancel();
    }
  }

  @Override
  public synchronized byte[] begin(Runnable waker) {
    Backend.@Nullable WatchedPrefix standing = watch;
    if (standing == null) {
      throw new IllegalStateException("a stream begins when its watch stands");
    }
    this.wake = waker;
    return ("event: ready\nid: " + standing.bookmark() + "\ndata: {}\n\n").getBytes(UTF_8);
  }

  @Override
  public byte @Nullable [] take() {
    byte[] next;
    CompletableFuture<Void> freed = null;
    synchronized (this) {
      next = waiting.poll();
      if (next != null) {
        waitingBytes -= next.length;
      }
      if (room != null && hasRoom()) {
        freed = room;
        room = null;
      }
    }
    if (freed != null) {
      freed.complete(null);
    }
    return next;
  }

  @Override
  public void written(byte[] event) {
    budget.give(event.length);
  }

  @Override
  public synchronized boolean isOver() {
    return end != null && waiting.isEmpty();
  }

  /** Ends the watch; what comes after is dropped because nobody reads. */
  @Override
  public void cancel() {
    Backend.@Nullable WatchedPrefix ending;
    CompletableFuture<Void> freed;
    synchronized (this) {
      if (!cancelled) {
        cancelled = true;
        budget.give(waitingBytes);
        waiting.clear();
        waitingBytes = 0;
      }
      wake = null;
      freed = room;
      room = null;
      ending = watch;
    }
    if (ending != null) {
      ending.cancel();
    }
    if (freed != null) {
      freed.complete(null);
    }
  }
}
