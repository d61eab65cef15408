package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Timer;

/**
 * One leader of an arc of three members, and what it sends; the others say what a test has them
 * say.
 */
abstract class ArcLeaderRig {
  static final int ARC = 5;
  static final String KEY = "default\0key";
  static final Voter SELF = new Voter(Id.of("self"), 1);
  static final Voter B = new Voter(Id.of("b"), 2);
  static final Voter C = new Voter(Id.of("c"), 3);
  static final Voter B_AGAIN = new Voter(B.node(), 22);
  static final List<Id> NODES = List.of(SELF.node(), B.node(), C.node());
  static final Configuration THREE = new Configuration(1, 0, List.of(SELF, B, C), List.of());
  static final long MILLISECOND = 1_000_000L;
  static final long SECOND = 1_000_000_000L;
  static final Entry OLD = Entry.made(KEY, 1, false, Json.of("old"), Entry.WHOLE, List.of());
  static final Limits LIMITS = new Limits(2, 2, 100, 10, 10_000);

  long clock;
  final Grants grants = new Grants(() -> clock, true);
  final Shelf shelf = new Shelf(Journal.inMemory(SELF, new NoLoop()), grants, 100);
  final Sent sent = new Sent();
  final ArcLeader leader =
      new ArcLeader(
          ARC,
          LIMITS,
          shelf,
          new Stores(),
          sent,
          new Place(SELF.node(), NODES, List.of(), List.of(), List.of(), 3));

  ArcLeaderRig() {
    shelf.met(ARC, THREE);
  }

  /** Begins after five rounds of others. */
  void start() {
    shelf.prepare(new CopyRequest.Prepare(ARC, new Ballot(5, C.node(), 5), ""));
    leader.start(0);
  }

  void leadWithOldOnCAlone() {
    start();
    promise(C, new Head(KEY, OLD.version(), 1));
    assertThat(leader.isPreparing()).isFalse();
  }

  void lead() {
    start();
    promise(B);
    assertThat(leader.isPreparing()).isFalse();
  }

  void keep(Entry entry, long round) {
    shelf.accept(
        CopyRequest.Accept.registers(ARC, new Ballot(round, SELF.node(), 7), 1, List.of(entry)));
  }

  void promise(Voter voter, Head... heads) {
    leader.promised(
        voter.node(), leader.ballot(), promiseOf(voter, null, List.of(heads), false), 0);
  }

  void promise(Voter voter, Configuration configuration) {
    leader.promised(
        voter.node(), leader.ballot(), promiseOf(voter, configuration, List.of(), false), 0);
  }

  CopyReply.Promise promiseOf(
      Voter voter, Configuration configuration, List<Head> heads, boolean more) {
    return new CopyReply.Promise(true, leader.ballot(), voter.store(), configuration, heads, more);
  }

  void refuse(Voter voter, long round, Configuration configuration) {
    var by = new Ballot(round, C.node(), 1);
    leader.promised(
        voter.node(),
        leader.ballot(),
        new CopyReply.Promise(false, by, voter.store(), configuration, List.of(), false),
        0);
  }

  void accept(Voter voter) {
    Sent.Accept message = sent.lastTo(voter.node());
    leader.accepted(voter.node(), message.message, message.heads, granted(voter), clock);
  }

  void fail(Voter voter) {
    Sent.Accept message = sent.lastTo(voter.node());
    leader.acceptFailed(voter.node(), message.message.ballot(), message.heads);
  }

  void check(Voter voter, long number) {
    leader.checked(voter.node(), leader.ballot(), number, granted(voter), 0);
  }

  void fetched(Voter voter, Entry entry) {
    leader.fetched(
        voter.node(),
        leader.ballot(),
        List.of(entry.key()),
        new CopyReply.Fetched(List.of(entry)),
        0);
  }

  CopyReply.Accepted granted(Voter voter) {
    return new CopyReply.Accepted(true, leader.ballot(), voter.store(), List.of());
  }

  static CopyReply.Accepted refused(long round) {
    return new CopyReply.Accepted(false, new Ballot(round, B.node(), 1), B.store(), List.of());
  }

  static Pending named(String operation, int value) {
    return new Pending(
        new Request.Put(
            "default",
            "key",
            Json.of(value),
            new Condition(Condition.Kind.EXISTS, 0),
            Acknowledge.MAJORITY,
            operation,
            0,
            false),
        KEY,
        5 * SECOND);
  }

  static Pending put(String operation, int value) {
    return put(operation, value, Acknowledge.MAJORITY);
  }

  static Pending put(String operation, int value, Acknowledge acknowledge) {
    return new Pending(
        new Request.Put(
            "default", "key", Json.of(value), Condition.NONE, acknowledge, operation, 0, false),
        KEY,
        5 * SECOND);
  }

  Pending submitted(Pending pending) {
    leader.submit(pending, clock);
    return pending;
  }

  static Pending ifVersion(long version, String operation, int value) {
    return new Pending(
        new Request.Put(
            "default",
            "key",
            Json.of(value),
            new Condition(Condition.Kind.VERSION, version),
            Acknowledge.MAJORITY,
            operation,
            0,
            false),
        KEY,
        5 * SECOND);
  }

  static Pending get() {
    return new Pending(new Request.Get("default", "key", false), KEY, 5 * SECOND);
  }

  static Request.Done done(Pending pending) {
    assertThat(pending.isAnswered()).isTrue();
    return (Request.Done) pending.answer().join();
  }

  static Request.Found found(Pending pending) {
    assertThat(pending.isAnswered()).isTrue();
    return (Request.Found) pending.answer().join();
  }

  static Throwable error(Pending pending) {
    assertThat(pending.isAnswered()).isTrue();
    return pending.answer().handle((reply, error) -> error).join();
  }

  /** Keeps what the leader sends. */
  static final class Sent extends CalmOutbox {
    boolean kept = true;
    int repairs;
    final List<LongConsumer> alarms = new ArrayList<>();
    final List<LongConsumer> waiting = new ArrayList<>();
    final List<Accept> accepts = new ArrayList<>();
    final List<Id> prepares = new ArrayList<>();
    final List<Ballot> relieved = new ArrayList<>();
    final List<Id> checks = new ArrayList<>();
    final List<Id> fetches = new ArrayList<>();
    final List<CopyRequest.Forget> forgets = new ArrayList<>();
    final List<Asked> floors = new ArrayList<>();

    /** A step towards a floor, and of whom it was asked. */
    record Asked(Id node, CopyRequest.Floor message) {}

    record Accept(Id node, CopyRequest.Accept message, List<Head> heads) {}

    Accept lastTo(Id node) {
      return accepts.stream()
          .filter(accept -> accept.node.equals(node))
          .reduce((earlier, later) -> later)
          .orElseThrow();
    }

    @Override
    public void repair() {
      repairs++;
    }

    @Override
    public void prepare(Id node, CopyRequest.Prepare message) {
      prepares.add(node);
      if (message.relieved() != null) {
        relieved.add(message.relieved());
      }
    }

    @Override
    public void accept(Id node, CopyRequest.Accept message, List<Head> heads) {
      accepts.add(new Accept(node, message, heads));
    }

    @Override
    public void configure(Id node, CopyRequest.Accept message, Configuration configuration) {}

    @Override
    public void check(Id node, CopyRequest.Check message, long number) {
      checks.add(node);
    }

    @Override
    public void forget(Id node, CopyRequest.Forget message) {
      forgets.add(message);
    }

    @Override
    public void floor(Id node, CopyRequest.Floor message) {
      floors.add(new Asked(node, message));
    }

    @Override
    public void fetch(Id node, CopyRequest.Fetch message) {
      fetches.add(node);
    }

    @Override
    public boolean isKept() {
      return kept;
    }

    @Override
    public void whenKept(LongConsumer then) {
      assertThat(kept).isFalse();
      waiting.add(then);
    }

    void keep() {
      List<LongConsumer> told = List.copyOf(waiting);
      waiting.clear();
      told.forEach(then -> then.accept(0));
    }

    @Override
    public Timer later(long nanos, LongConsumer then) {
      alarms.add(then);
      return () -> {};
    }
  }
}
