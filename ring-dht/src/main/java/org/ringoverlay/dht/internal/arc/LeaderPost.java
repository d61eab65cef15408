package org.ringoverlay.dht.internal.arc;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Rules;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Timer;
import org.ringoverlay.view.MemberState;

/** The {@link Outbox} of a leader on a node's loop: tells the answers back to it. */
final class LeaderPost implements Outbox, Upkeep.Worker {
  private final Ring ring;
  private final Shelf shelf;
  private final CopyPost post;
  private final Upkeep upkeep;
  private final Leases leases;
  private final Runnable whenLeading;
  private final Charters charters;
  private final ValueBudget keptForWatchers;
  private final Consumer<ArcLeader> whenEnded;
  private @Nullable ArcLeader leader;

  LeaderPost(
      Ring ring,
      Shelf shelf,
      CopyPost post,
      Upkeep upkeep,
      Leases leases,
      Runnable whenLeading,
      Charters charters,
      ValueBudget keptForWatchers,
      Consumer<ArcLeader> whenEnded) {
    this.ring = ring;
    this.shelf = shelf;
    this.post = post;
    this.upkeep = upkeep;
    this.leases = leases;
    this.whenLeading = whenLeading;
    this.charters = charters;
    this.keptForWatchers = keptForWatchers;
    this.whenEnded = whenEnded;
  }

  void serve(ArcLeader served) {
    leader = served;
  }

  @Override
  public ArcLeader leader() {
    return Objects.requireNonNull(leader);
  }

  @Override
  public void prepare(Id node, CopyRequest.Prepare message) {
    Ballot ballot = message.ballot();
    post.send(
        node,
        message,
        CopyReply.Promise.class,
        reply -> leader().promised(node, ballot, reply, now()),
        () -> leader().prepareFailed(node, ballot));
  }

  @Override
  public void accept(Id node, CopyRequest.Accept message, List<Head> heads) {
    accept(node, message, heads, () -> {});
  }

  private void accept(Id node, CopyRequest.Accept message, List<Head> heads, Runnable ended) {
    Ballot ballot = message.ballot();
    long lease = leases.generation(node);
    post.send(
        node,
        message,
        CopyReply.Accepted.class,
        reply -> {
          confirmed(node, ballot, reply, lease);
          leader().accepted(node, message, heads, reply, now());
          if (reply.granted()) {
            ended.run();
          } else {
            upkeep.atNextTick(ended);
          }
        },
        () -> {
          leader().acceptFailed(node, ballot, heads);
          // A node that turns copies away at once must not be sent them again in a tight circle.
          upkeep.atNextTick(ended);
        });
  }

  @Override
  public void configure(Id node, CopyRequest.Accept message, Configuration configuration) {
    Ballot ballot = message.ballot();
    long lease = leases.generation(node);
    long sentAt = now();
    post.send(
        node,
        message,
        CopyReply.Accepted.class,
        reply -> {
          upkeep.configured(node, now() - sentAt);
          confirmed(node, ballot, reply, lease);
          leader().configured(node, ballot, configuration, reply, now());
        },
        () -> leader().configureFailed(node, ballot));
  }

  @Override
  public void check(Id node, CopyRequest.Check message, long number) {
    Ballot ballot = message.ballot();
    long lease = leases.generation(node);
    post.send(
        node,
        message,
        CopyReply.Accepted.class,
        reply -> {
          confirmed(node, ballot, reply, lease);
          leader().checked(node, ballot, number, reply, now());
        },
        () -> leader().checkFailed(node, ballot, number));
  }

  /** Of the lease that was in force when the question was sent. */
  private void confirmed(Id node, Ballot ballot, CopyReply.Accepted reply, long lease) {
    if (reply.granted()) {
      leader().confirmed(new Voter(node, reply.store()), ballot, lease);
    }
  }

  @Override
  public boolean isLeased(Id node, long generation) {
    return leases.isInForce(node, generation);
  }

  @Override
  public void fetch(Id node, CopyRequest.Fetch message) {
    fetch(node, message, () -> {});
  }

  private void fetch(Id node, CopyRequest.Fetch message, Runnable ended) {
    Ballot ballot = leader().ballot();
    post.send(
        node,
        message,
        CopyReply.Fetched.class,
        reply -> {
          leader().fetched(node, ballot, message.keys(), reply, now());
          ended.run();
        },
        () -> {
          leader().fetchFailed(node, ballot, message.keys());
          upkeep.atNextTick(ended);
        });
  }

  @Override
  public void forget(Id node, CopyRequest.Forget message) {
    post.send(
        node,
        message,
        CopyReply.Accepted.class,
        reply -> {
          if (!reply.granted()) {
            leader().outranked(reply.standing(), now());
          }
        },
        // The next comparison finds what was not forgotten.
        () -> {});
  }

  @Override
  public void floor(Id node, CopyRequest.Floor message) {
    post.send(
        node,
        message,
        CopyReply.Floored.class,
        reply -> leader().floored(node, message, reply, now()),
        () -> leader().floorFailed(node, message, now()));
  }

  @Override
  public void send(Repair repair, Runnable ended) {
    if (repair instanceof Repair.Push push) {
      accept(push.node(), push.message(), push.heads(), ended);
    } else if (repair instanceof Repair.Pull pull) {
      fetch(pull.node(), pull.message(), ended);
    }
  }

  @Override
  public boolean isKept() {
    return shelf.isKept();
  }

  @Override
  public void whenKept(LongConsumer then) {
    shelf.whenKept(() -> then.accept(now()));
  }

  @Override
  public Timer later(long nanos, LongConsumer then) {
    return ring.scheduler().schedule(nanos, () -> then.accept(now()));
  }

  @Override
  public void tick() {
    upkeep.tick(leader());
  }

  @Override
  public void repair() {
    upkeep.repair(this);
  }

  @Override
  public boolean mayMove() {
    return upkeep.mayMove(leader());
  }

  @Override
  public boolean mayChange() {
    return upkeep.mayChange(leader());
  }

  @Override
  public void waitsToChange() {
    upkeep.waitsToChange(leader());
  }

  @Override
  public void moved() {
    upkeep.moved(leader());
  }

  @Override
  public void leads() {
    whenLeading.run();
  }

  @Override
  public void ended() {
    upkeep.ended(leader());
    whenEnded.accept(leader());
  }

  @Override
  public boolean answers(Id node) {
    return ring.view().find(node).filter(member -> member.state() == MemberState.ALIVE).isPresent();
  }

  @Override
  public Rules rules(String space) {
    return charters.rules(space);
  }

  @Override
  public int copiesWanted(int members) {
    return charters.wanted(members);
  }

  @Override
  public ValueBudget keptForWatchers() {
    return keptForWatchers;
  }

  @Override
  public long random() {
    return ring.randomness().nextLong();
  }

  @Override
  public long now() {
    return ring.clock().nanos();
  }
}
