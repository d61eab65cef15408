package org.ringoverlay.pubsub;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.NodeRequest.Batch;
import org.ringoverlay.pubsub.RootRequest.Place;

/**
 * A topic at its root, for one reign: the sequences, who subscribes, who is willing.
 *
 * <p>A node that loses the topic and gets it back begins another reign, because it cannot know what
 * was given in between.
 *
 * <p>Plain state, no IO.
 */
final class RootTopic {
  /** A node in the topic, until its lease ends. */
  static final class Member {
    final Id node;
    private int subscriptions;
    private boolean willing;
    private long leaseEndNanos;
    private @Nullable Channel channel;
    private long knows;

    private Member(Id node) {
      this.node = node;
    }

    @Nullable Channel channel() {
      return channel;
    }
  }

  private final String name;
  private final Id id;
  private final Sequencer sequencer;
  private final Channel.Window window;
  private final LinkedHashMap<Id, Member> members = new LinkedHashMap<>();
  private final List<Id> willing = new ArrayList<>();
  private int nextWilling;
  private long idleSinceNanos;

  RootTopic(String name, Id id, Sequencer sequencer, Channel.Window window, long nowNanos) {
    this.name = name;
    this.id = id;
    this.sequencer = sequencer;
    this.window = window;
    this.idleSinceNanos = nowNanos;
  }

  String name() {
    return name;
  }

  Id id() {
    return id;
  }

  Sequencer sequencer() {
    return sequencer;
  }

  int memberCount() {
    return members.size();
  }

  List<Member> members() {
    return List.copyOf(members.values());
  }

  @Nullable Member member(Id node) {
    return members.get(node);
  }

  /** Since when nobody is in the topic and nothing was published; meaningless while somebody is. */
  long idleSinceNanos() {
    return idleSinceNanos;
  }

  int subscriptions() {
    int sum = 0;
    for (Member member : members.values()) {
      sum += member.subscriptions;
    }
    return sum;
  }

  int queued() {
    int sum = 0;
    for (Member member : members.values()) {
      sum += member.channel == null ? 0 : member.channel.messages();
    }
    return sum;
  }

  /**
   * The next batch for a member; null if none is due.
   *
   * @param number above that of every batch before of this node, since a forgotten topic that comes
   *     back may carry the reign of its former life
   */
  @Nullable Batch nextBatch(Member member, long number) {
    Channel channel = member.channel;
    return channel == null || !channel.isReady()
        ? null
        : channel.next(name, sequencer.reign(), number);
  }

  /** Whether every message is confirmed. */
  boolean isDrained() {
    for (Member member : members.values()) {
      if (member.channel != null && !member.channel.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /**
   * A node takes, renews or changes its place, which is not given up: one that was subscribed
   * before is told of what it missed, as far as that is known here, and so are the others of
   * whatever this one saw that they did not.
   */
  Member graft(Id node, Place place, long leaseEndNanos) {
    boolean raised = sequencer.learn(place.seen(), place.reign());
    Member member = members.computeIfAbsent(node, Member::new);
    member.subscriptions = place.subscriptions();
    member.leaseEndNanos = leaseEndNanos;
    if (member.willing != place.willing()) {
      member.willing = place.willing();
      if (place.willing()) {
        willing.add(node);
      } else {
        removeWilling(node);
      }
    }
    if (member.subscriptions == 0) {
      closeChannel(member);
    } else if (member.channel == null) {
      openChannel(member, place);
    }
    if (raised) {
      tellOfFormerReigns();
    }
    return member;
  }

  /** Hears of a sequence that somebody who does not subscribe was told. */
  void learn(long seen, long seenReign) {
    if (sequencer.learn(seen, seenReign)) {
      tellOfFormerReigns();
    }
  }

  private void openChannel(Member member, Place place) {
    if (!place.follows()) {
      member.channel = new Channel(window, sequencer.last());
      member.knows = Long.MAX_VALUE;
      return;
    }
    member.channel = new Channel(window, place.seen());
    member.knows = place.seen();
    if (sequencer.head() > place.seen()) {
      member.channel.offerGap(place.seen() + 1, sequencer.head());
      member.knows = sequencer.head();
    }
  }

  private void tellOfFormerReigns() {
    long inherited = sequencer.inherited();
    for (Member member : members.values()) {
      if (member.channel != null && member.knows < inherited) {
        member.channel.offerGap(member.knows + 1, inherited);
        member.knows = inherited;
      }
    }
  }

  /** A node's place ends. */
  void remove(Id node, long nowNanos) {
    Member member = members.remove(node);
    if (member == null) {
      return;
    }
    closeChannel(member);
    if (member.willing) {
      removeWilling(node);
    }
    if (members.isEmpty()) {
      idleSinceNanos = nowNanos;
    }
  }

  private void removeWilling(Id node) {
    int at = willing.indexOf(node);
    willing.remove(at);
    if (at < nextWilling) {
      nextWilling--;
    }
  }

  private static void closeChannel(Member member) {
    if (member.channel != null) {
      member.channel.close();
      member.channel = null;
    }
  }

  /** The nodes whose lease has ended. */
  List<Id> lapsed(long nowNanos) {
    var result = new ArrayList<Id>();
    for (Member member : members.values()) {
      if (nowNanos - member.leaseEndNanos >= 0) {
        result.add(member.node);
      }
    }
    return result;
  }

  /** How many subscriptions a message was queued for, and for how many there was no room. */
  record Handed(long seq, int reached, int missing) {}

  /** Gives a message its sequence and queues it to every subscriber. */
  Handed publish(Json value, @Nullable Confirmation confirmation, long nowNanos) {
    long seq = sequencer.next();
    idleSinceNanos = nowNanos;
    int reached = 0;
    int missing = 0;
    for (Member member : members.values()) {
      if (member.channel == null) {
        continue;
      }
      if (confirmation != null) {
        confirmation.expect(member.subscriptions);
      }
      if (member.channel.offer(seq, value, member.subscriptions, confirmation)) {
        reached += member.subscriptions;
      } else {
        missing += member.subscriptions;
      }
    }
    return new Handed(seq, reached, missing);
  }

  /**
   * The willing nodes in the order in which the next job is offered; each job begins at another.
   */
  List<Id> nextWilling() {
    int count = willing.size();
    var order = new ArrayList<Id>(count);
    for (int i = 0; i < count; i++) {
      order.add(willing.get((nextWilling + i) % count));
    }
    nextWilling = count == 0 ? 0 : (nextWilling + 1) % count;
    return order;
  }
}
