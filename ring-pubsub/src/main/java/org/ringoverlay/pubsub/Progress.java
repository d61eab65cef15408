package org.ringoverlay.pubsub;

import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.NodeRequest.Batch;
import org.ringoverlay.pubsub.NodeRequest.Item;
import org.ringoverlay.pubsub.NodeRequest.Missed;

/**
 * How far a node has come in a topic: takes batches as the net brings them and gives events that
 * only grow, each once, and gaps for what it can no longer give.
 *
 * <p>Within one reign the root sends in order, so a sequence that is not above the last is a
 * repeat. When a message of a new reign has come, one of an older reign that was never given comes
 * too late: to give it would break the order, so it becomes a gap.
 *
 * <p>Plain state, no IO.
 */
final class Progress {
  /** Who hears what the node got. */
  interface Listener {
    /**
     * A message, in order.
     *
     * @return how many subscriptions had no room for it
     */
    int message(long seq, Json value);

    /** A stretch that is missing. */
    void gap(long from, long to);
  }

  private boolean following;
  private long last;
  private long reign;
  private long givenBeforeReign;

  /** The reign before this one, and what had been given when this one began. */
  private long formerReign;

  private long givenInFormer;
  private long batch;
  private List<Missed> missedOfBatch = List.of();

  /** Whether the node is entitled to all messages above {@link #last}. */
  boolean isFollowing() {
    return following;
  }

  /** The highest sequence given, or where the node began. */
  long last() {
    return last;
  }

  /** Who gave it; 0 for nobody. */
  long reign() {
    return reign;
  }

  /** The root has grafted the node, which had no subscription before. */
  void begin(long head, long headReign) {
    if (!following) {
      following = true;
      last = head;
      reign = headReign;
      givenBeforeReign = head;
      formerReign = 0;
      givenInFormer = head;
    }
  }

  /** The node has no subscription any more. */
  void end() {
    following = false;
    last = 0;
    reign = 0;
    givenBeforeReign = 0;
    formerReign = 0;
    givenInFormer = 0;
    batch = 0;
    missedOfBatch = List.of();
  }

  /**
   * Takes a batch; one that was taken before gives what it gave then. What may not have been given
   * counts as missed, however often it comes: the root tells its publisher who got a message.
   *
   * @return the messages that some subscriptions did not get
   * @throws IllegalStateException if the node does not follow the topic
   */
  List<Missed> take(Batch taken, Listener listener) {
    if (!following) {
      throw new IllegalStateException("no subscription was grafted");
    }
    if (taken.reign() == reign && taken.number() <= batch) {
      return taken.number() == batch ? missedOfBatch : allOf(taken);
    }
    List<Missed> missed = items(taken, listener);
    if (taken.reign() == reign) {
      batch = taken.number();
      missedOfBatch = missed;
    }
    return missed;
  }

  private List<Missed> items(Batch batch, Listener listener) {
    var missed = new ArrayList<Missed>();
    if (batch.reign() == reign && batch.after() > last) {
      listener.gap(last + 1, batch.after());
      last = batch.after();
    }
    for (Item item : batch.items()) {
      Json value = item.value();
      if (item.isGap()) {
        takeGap(batch.reign(), item, listener);
      } else if (value != null && item.seq() > last) {
        enter(batch.reign());
        last = item.seq();
        int without = listener.message(item.seq(), value);
        if (without > 0) {
          missed.add(new Missed(item.seq(), without));
        }
      } else if (batch.reign() != reign) {
        if (batch.reign() != formerReign || item.seq() > givenInFormer) {
          missed.add(new Missed(item.seq(), Integer.MAX_VALUE));
        }
        if (item.seq() > givenBeforeReign) {
          givenBeforeReign = item.seq();
          listener.gap(item.seq(), item.seq());
        }
      }
    }
    return missed;
  }

  private static List<Missed> allOf(Batch batch) {
    return batch.items().stream()
        .filter(item -> !item.isGap())
        .map(item -> new Missed(item.seq(), Integer.MAX_VALUE))
        .toList();
  }

  private void takeGap(long batchReign, Item item, Listener listener) {
    if (item.gapTo() > last) {
      enter(batchReign);
      last = item.gapTo();
    }
    listener.gap(item.seq(), item.gapTo());
  }

  private void enter(long newReign) {
    if (newReign != reign) {
      givenBeforeReign = last;
      formerReign = reign;
      givenInFormer = last;
      reign = newReign;
    }
  }
}
