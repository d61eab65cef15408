package org.ringoverlay.pubsub;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.NodeRequest.Batch;
import org.ringoverlay.pubsub.NodeRequest.Item;
import org.ringoverlay.pubsub.NodeRequest.Missed;

/**
 * What a topic's root has to send to one subscribing node, in order.
 *
 * <p>One batch is on its way at a time: while it is, later messages gather and go together, so the
 * order holds whatever the net repeats, and a busy topic costs few requests. At its bound the
 * window takes no more messages and keeps a gap in their place: a slow subscriber is told what it
 * missed, and slows nobody.
 *
 * <p>Plain state, no IO.
 */
final class Channel {
  /**
   * The bounds.
   *
   * @param messages that may wait, those on their way included
   * @param bytes of these; a first message always may
   */
  record Window(int messages, long bytes, int batchMessages, long batchBytes) {}

  /** What an item's JSON has besides its message. */
  private static final long ITEM_BYTES = 64;

  private record Waiting(
      Item item, int bytes, int subscriptions, @Nullable Confirmation confirmation) {}

  private final Window window;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final List<Waiting> onTheWay = new ArrayList<>();
  private int messages;
  private long bytes;
  private long after;
  private boolean closed;

  /**
   * Opens a channel.
   *
   * @param after the subscriber has, or is not entitled to, what lies up to this sequence
   */
  Channel(Window window, long after) {
    this.window = window;
    this.after = after;
  }

  /**
   * Queues a message.
   *
   * @param subscriptions how many subscriptions of the node it is for
   * @return false if the window is full; then a gap stands for it, and the confirmation was told
   */
  boolean offer(long seq, Json value, int subscriptions, @Nullable Confirmation confirmation) {
    int size = value.size();
    if (messages > 0 && (messages >= window.messages() || bytes + size > window.bytes())) {
      offerGap(seq, seq);
      if (confirmation != null) {
        confirmation.spoke(0, subscriptions);
      }
      return false;
    }
    waiting.addLast(new Waiting(Item.message(seq, value), size, subscriptions, confirmation));
    messages++;
    bytes += size;
    return true;
  }

  /**
   * Queues the word that a stretch is missing. It becomes one with the gap before it where that
   * claims nothing more: when it goes on in the same term. Past the bound of the queue they become
   * one all the same, and the gap says more than it must.
   */
  void offerGap(long from, long to) {
    Waiting last = waiting.peekLast();
    if (last == null || !last.item().isGap()) {
      waiting.addLast(new Waiting(Item.gap(from, to), 0, 0, null));
      return;
    }
    Item before = last.item();
    boolean goesOn =
        from > before.gapTo() && Sequencer.term(from) == Sequencer.term(before.gapTo());
    if (goesOn || waiting.size() > 2 * (window.messages() + 1)) {
      waiting.removeLast();
      Item merged = Item.gap(Math.min(before.seq(), from), Math.max(before.gapTo(), to));
      waiting.addLast(new Waiting(merged, 0, 0, null));
    } else {
      waiting.addLast(new Waiting(Item.gap(from, to), 0, 0, null));
    }
  }

  /** Whether a batch should be sent now. */
  boolean isReady() {
    return !closed && onTheWay.isEmpty() && !waiting.isEmpty();
  }

  /** Whether nothing waits and nothing is on its way. */
  boolean isEmpty() {
    return waiting.isEmpty() && onTheWay.isEmpty();
  }

  /** Messages that wait or are on their way. */
  int messages() {
    return messages;
  }

  /**
   * Takes the next batch; only when {@linkplain #isReady ready}.
   *
   * @param number above the number of every batch before
   */
  Batch next(String topic, long reign, long number) {
    if (!isReady()) {
      throw new IllegalStateException("no batch is due");
    }
    long taken = 0;
    while (!waiting.isEmpty() && onTheWay.size() < window.batchMessages()) {
      Waiting first = waiting.peekFirst();
      long more = first.bytes() + ITEM_BYTES;
      if (!onTheWay.isEmpty() && taken + more > window.batchBytes()) {
        break;
      }
      taken += more;
      onTheWay.add(waiting.removeFirst());
    }
    return new Batch(topic, reign, number, after, onTheWay.stream().map(Waiting::item).toList());
  }

  /** The batch arrived; room is free again and the confirmations are told. */
  void confirmed(List<Missed> missed) {
    var arrived = new ArrayList<>(onTheWay);
    onTheWay.clear();
    for (Waiting one : arrived) {
      Item item = one.item();
      if (item.isGap()) {
        after = Math.max(after, item.gapTo());
        continue;
      }
      messages--;
      bytes -= one.bytes();
      after = Math.max(after, item.seq());
      if (one.confirmation() != null) {
        int lost = Math.min(one.subscriptions(), missedAt(item.seq(), missed));
        one.confirmation().spoke(one.subscriptions() - lost, lost);
      }
    }
  }

  private static int missedAt(long seq, List<Missed> missed) {
    int lost = 0;
    for (Missed one : missed) {
      if (one.seq() == seq) {
        lost += Math.max(0, one.subscriptions());
      }
    }
    return lost;
  }

  /**
   * The batch can never be taken: gaps stand in the place of its messages, and the confirmations
   * are told.
   */
  void undeliverable() {
    var lost = new ArrayList<>(onTheWay);
    onTheWay.clear();
    for (int at = lost.size() - 1; at >= 0; at--) {
      Waiting one = lost.get(at);
      Item item = one.item();
      if (!item.isGap()) {
        messages--;
        bytes -= one.bytes();
        item = Item.gap(item.seq(), item.seq());
      }
      waiting.addFirst(new Waiting(item, 0, 0, null));
    }
    for (Waiting one : lost) {
      if (one.confirmation() != null) {
        one.confirmation().spoke(0, one.subscriptions());
      }
    }
  }

  /** The subscriber is gone: the confirmations are told and nothing is kept. */
  void close() {
    closed = true;
    var lost = new ArrayList<>(onTheWay);
    lost.addAll(waiting);
    onTheWay.clear();
    waiting.clear();
    messages = 0;
    bytes = 0;
    for (Waiting one : lost) {
      if (one.confirmation() != null) {
        one.confirmation().spoke(0, one.subscriptions());
      }
    }
  }

  boolean isClosed() {
    return closed;
  }
}
