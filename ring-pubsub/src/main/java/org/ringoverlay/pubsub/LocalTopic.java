package org.ringoverlay.pubsub;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.NodeRequest.Batch;
import org.ringoverlay.pubsub.NodeRequest.Missed;
import org.ringoverlay.pubsub.RootRequest.Outcome;
import org.ringoverlay.pubsub.RootRequest.Place;

/**
 * A topic on a node that subscribes or is willing: all its subscriptions share one place at the
 * root.
 *
 * <p>Every change of what the node wants there has a number; the root's answer to a place confirms
 * the changes up to the one that the place told. On the loop.
 */
final class LocalTopic {
  /** Somebody who waits until a change is confirmed. */
  interface Waiter {
    void confirmed(long head);

    void refused(RingException why);
  }

  private record Waiting(long change, Waiter waiter) {}

  private final String name;
  private final Id id;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final List<Willing> willing = new ArrayList<>();
  private final List<Waiting> waiters = new ArrayList<>();
  private final Progress progress = new Progress();
  private long changes;
  private long confirmed;
  private int nextWilling;

  // The attempt under way: where it went and what it told.
  private long attempts;
  private @Nullable Id askedRoot;
  private long askedIncarnation;
  private long askedChange;
  private boolean asking;
  private int askedSubscriptions;

  LocalTopic(String name, Id id) {
    this.name = name;
    this.id = id;
  }

  String name() {
    return name;
  }

  Id id() {
    return id;
  }

  Progress progress() {
    return progress;
  }

  boolean isEmpty() {
    return subscriptions.isEmpty() && willing.isEmpty();
  }

  /** Whether a subscription waits to be grafted where none was before. */
  boolean isBeginning() {
    return !subscriptions.isEmpty() && !progress.isFollowing();
  }

  boolean isConfirmed() {
    return confirmed == changes;
  }

  void add(Subscription subscription) {
    subscriptions.add(subscription);
    changes++;
  }

  boolean remove(Subscription subscription) {
    boolean removed = subscriptions.remove(subscription);
    if (removed) {
      changes++;
      if (subscriptions.isEmpty()) {
        progress.end();
      }
    }
    return removed;
  }

  void add(Willing one) {
    willing.add(one);
    changes++;
  }

  boolean remove(Willing one) {
    boolean removed = willing.remove(one);
    if (removed) {
      changes++;
    }
    return removed;
  }

  /** Waits for all that has changed so far. */
  void await(Waiter waiter) {
    if (isConfirmed()) {
      waiter.confirmed(progress.last());
      return;
    }
    waiters.add(new Waiting(changes, waiter));
  }

  /** Whether the root that was last asked is another than this one, or has started anew since. */
  boolean wasAskedElsewhere(Id root, long incarnation) {
    return !root.equals(askedRoot) || incarnation != askedIncarnation;
  }

  /** Whether an answer is awaited that will confirm everything. */
  boolean isAskingAll(Id root, long incarnation) {
    return asking && askedChange == changes && !wasAskedElsewhere(root, incarnation);
  }

  /** Whether an answer is awaited from this root. */
  boolean isAsking(Id root, long incarnation) {
    return asking && !wasAskedElsewhere(root, incarnation);
  }

  /** Begins an attempt and gives its number; an answer to an earlier one counts no more. */
  long ask(Id root, long incarnation) {
    asking = true;
    askedRoot = root;
    askedIncarnation = incarnation;
    askedChange = changes;
    askedSubscriptions = subscriptions.size();
    return ++attempts;
  }

  boolean isCurrent(long attempt) {
    return asking && attempt == attempts;
  }

  /** What the root is to know now. */
  Place place() {
    return new Place(
        name,
        subscriptions.size(),
        !willing.isEmpty(),
        progress.isFollowing(),
        progress.last(),
        progress.reign());
  }

  /** The attempt came to nothing. */
  void askedInVain() {
    asking = false;
    askedRoot = null;
  }

  /** The root has taken the place. */
  void grafted(Outcome outcome) {
    asking = false;
    confirmed = Math.max(confirmed, askedChange);
    if (askedSubscriptions > 0 && !subscriptions.isEmpty()) {
      progress.begin(outcome.head(), outcome.reign());
    }
    for (Waiting one : new ArrayList<>(waiters)) {
      if (one.change() <= confirmed && waiters.remove(one)) {
        one.waiter().confirmed(outcome.head());
      }
    }
  }

  /** The root will not take the place: whoever waits for it is told. */
  void refused(RingException why) {
    asking = false;
    endWaiters(why);
  }

  /** Tells whoever still waits. */
  void endWaiters(RingException why) {
    for (Waiting one : new ArrayList<>(waiters)) {
      if (waiters.remove(one)) {
        one.waiter().refused(why);
      }
    }
  }

  void forget(Waiter waiter) {
    waiters.removeIf(one -> one.waiter() == waiter);
  }

  /** Hands a batch to the subscriptions. */
  List<Missed> take(Batch batch) {
    return progress.take(
        batch,
        new Progress.Listener() {
          @Override
          public int message(long seq, Json value) {
            var event = new Event(name, seq, value);
            int without = 0;
            for (Subscription subscription : List.copyOf(subscriptions)) {
              if (!subscription.offer(event)) {
                without++;
              }
            }
            return without;
          }

          @Override
          public void gap(long from, long to) {
            var gap = new Gap(name, from, to);
            for (Subscription subscription : List.copyOf(subscriptions)) {
              subscription.offerGap(gap);
            }
          }
        });
  }

  /** The willing handlers in the order in which the next job is tried. */
  List<Willing> nextWilling() {
    int count = willing.size();
    var order = new ArrayList<Willing>(count);
    for (int i = 0; i < count; i++) {
      order.add(willing.get((nextWilling + i) % count));
    }
    nextWilling = count == 0 ? 0 : (nextWilling + 1) % count;
    return order;
  }

  int subscriptionCount() {
    return subscriptions.size();
  }

  int willingCount() {
    return willing.size();
  }
}
