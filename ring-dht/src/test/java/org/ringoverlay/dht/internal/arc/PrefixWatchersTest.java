package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.json.Json;

/** Watches of a prefix at the daddy of one arc. */
class PrefixWatchersTest extends ArcLeaderRig {
  private int operations;

  @Test
  void aChangeIsToldWhenAQuorumHoldsItAndNotBefore() {
    lead();
    Pending watch = watch(0);
    write("k1", 1);
    assertThat(watch.isAnswered()).isFalse();

    accept(B);

    assertThat(told(watch)).containsExactly("k1=1");
    assertThat(report(watch).position()).isEqualTo(version(1));
  }

  @Test
  void nothingAboveAChangeThatIsUnderWayIsToldBeforeIt() {
    lead();
    Pending watch = watch(0);
    write("k1", 1);
    write("k2", 2);
    accept("k2");
    assertThat(watch.isAnswered()).isFalse();

    accept("k1");

    assertThat(told(watch)).containsExactly("k1=1", "k2=2");
    assertThat(report(watch).position()).isEqualTo(version(2));
  }

  @Test
  void everyChangeOfAKeyIsToldThoughItsRegisterHasNewer() {
    lead();
    watch(0);
    for (int value = 1; value <= 3; value++) {
      write("k", value);
      accept(B);
    }
    assertThat(told(watch(0))).containsExactly("k=1", "k=2", "k=3");
    assertThat(told(watch(version(1)))).containsExactly("k=2", "k=3");
    assertThat(watch(version(3)).isAnswered()).isFalse();
  }

  @Test
  void changesThatWereNotKeptAreMissed() {
    lead();
    write("k", 1);
    accept(B);
    write("k", 2);
    accept(B);
    assertThat(report(watch(0)).missed()).isTrue();
    assertThat(told(watch(version(1)))).containsExactly("k=2");
  }

  @Test
  void whatIsKeptIsBoundedAndTheOldestGoes() {
    lead();
    watch(0);
    for (int value = 1; value <= 20; value++) {
      write("k", value);
      accept(B);
    }
    assertThat(sent.forWatchers.taken()).isBetween(500L, 1_000L);
    assertThat(report(watch(version(2))).missed()).isTrue();
    assertThat(told(watch(version(18)))).containsExactly("k=19", "k=20");

    sent.alarms.get(0).accept(3 * SECOND);
    assertThat(sent.forWatchers.taken()).isPositive();
    sent.alarms.get(1).accept(6 * SECOND);
    assertThat(sent.forWatchers.taken()).isZero();
  }

  @Test
  void allThereIsIsToldInPiecesAndDeletesOnlyIfTheyAreLate() {
    lead();
    for (int value = 1; value <= 4; value++) {
      write("k" + value, value);
      accept(B);
    }
    delete("k2");
    accept(B);
    Pending first = watch(0, version(5), 1, 0);
    assertThat(first.isAnswered()).isFalse();
    check(B, 1);
    assertThat(told(first)).containsExactly("k1=1");
    assertThat(report(first).more()).isTrue();

    Pending rest = watch(whole(version(1), version(4), report(first).since()), 10_000, 1_000);
    assertThat(told(rest)).containsExactly("k3=3", "k4=4", "k2=null");
    assertThat(report(rest).more()).isFalse();
    Pending end = watch(whole(version(4), version(6), report(first).since()), 10_000, 1_000);
    assertThat(told(end)).isEmpty();
    assertThat(report(end).position()).isEqualTo(version(6));
    assertThat(report(end).more()).isFalse();
  }

  @Test
  void whoWasToldAllThatIsSettledIsToldEachChangeFromThenOn() {
    lead();
    for (int value = 1; value <= 2; value++) {
      write("k" + value, value);
      accept(B);
    }
    write("k2", 22);
    write("k3", 3);
    accept("k3");
    Pending present = watch(0, 0, 10_000, 0);
    check(B, 1);
    assertThat(told(present)).containsExactly("k1=1", "k2=2");
    assertThat(report(present).position()).isEqualTo(version(2));
    assertThat(report(present).more()).isFalse();

    accept("k2");
    write("k1", 11);
    accept(B);
    write("k1", 111);
    accept(B);
    assertThat(told(watch(version(2)))).containsExactly("k2=22", "k3=3", "k1=11", "k1=111");
  }

  @Test
  void eachChangeOfWhatMayHaveBeenToldInAPieceIsToldInTheNext() {
    lead();
    for (int value = 1; value <= 2; value++) {
      write("k" + value, value);
      accept(B);
    }
    Pending first = watch(0, 0, 1, 0);
    check(B, 1);
    assertThat(told(first)).containsExactly("k1=1");
    long since = report(first).since();
    for (int value = 3; value <= 4; value++) {
      write("k1", value);
      accept(B);
    }

    assertThat(told(watch(whole(version(1), 0, since), 10_000, 1_000)))
        .containsExactly("k2=2", "k1=3", "k1=4");

    // One that knows less, as the next daddy would.
    sent.alarms.get(0).accept(6 * SECOND);
    Pending less = watch(whole(version(1), 0, since), 10_000, 1_000);
    assertThat(report(less).missed()).isTrue();
    Pending later = watch(whole(version(1), 0, version(3)), 10_000, 1_000);
    assertThat(told(later)).containsExactly("k2=2", "k1=4");
  }

  @Test
  void whereAWatchBeginsIsConfirmedAndBelowWhatIsUnderWay() {
    lead();
    write("k1", 1);
    accept(B);
    write("k2", 2);
    Pending now = watch(Request.Watch.FROM_NOW, Request.Mark.CHANGES, 10_000, 0);
    assertThat(now.isAnswered()).isFalse();

    check(B, 1);

    assertThat(report(now).position()).isEqualTo(version(1));
    assertThat(told(now)).isEmpty();
  }

  /** Accepted under round 1, which the daddy of rounds 2 to 5 need not have met. */
  @Test
  void aRegisterThatCameToLightIsToldThoughItIsBelowThePosition() {
    leadWithOldOnCAlone();
    long position = Versions.next(0, 3);
    Pending later = watch(position);
    assertThat(later.isAnswered()).isFalse();

    leader.submit(get(), 0);
    fetched(C, OLD);
    accept(B);

    assertThat(report(later).sightings())
        .containsExactly(new Request.Sighting(KEY, 1, false, Json.of("old"), true));
    assertThat(report(later).position()).isEqualTo(Versions.before(leader.ballot().round()));
    assertThat(watch(report(later).position()).isAnswered()).isFalse();
    // The daddy of round 1 accepted it itself, and whoever had a position from it was told.
    assertThat(watch(Versions.next(0, 1)).isAnswered()).isFalse();
    write("key", 7);
    accept(B);
    assertThat(report(watch(position)).missed()).isTrue();
  }

  /** The position was made in round 2; the daddy of round 3 met the register and wrote it back. */
  @Test
  void aRegisterThatAnEarlierDaddyWroteBackIsToldThoughAQuorumHoldsItNow() {
    keep(OLD, 3);
    start();
    promise(B, new Head(KEY, 1, 3));
    Pending before = watch(Versions.next(0, 2));
    check(B, 1);

    assertThat(report(before).sightings())
        .containsExactly(new Request.Sighting(KEY, 1, false, Json.of("old"), true));
    assertThat(watch(Versions.next(0, 3)).isAnswered()).isFalse();
  }

  @Test
  void whoWaitsIsSentToTheNextDaddy() {
    lead();
    Pending watch = watch(0);
    leader.end(leader.notOwner());
    assertThat(watch.answer()).isCompletedExceptionally();
  }

  /** Else it would never be told: the change may be lost with this daddy. */
  @Test
  void ofAKeyThatIsBeingChangedTheValueBeforeIsTold() {
    lead();
    write("k", 1);
    accept("k");
    write("k", 2);

    Pending watch = watch(0, 0, 10_000, 1_000);

    assertThat(told(watch)).containsExactly("k=1");
    assertThat(report(watch).position()).isEqualTo(version(1));
  }

  @Test
  void nobodyIsLedIntoARowThatIsUnderWay() {
    lead();
    write("k", 1);
    write("k", 2);
    write("k", 3);
    clock += 4 * MILLISECOND;
    accept("k");

    Pending watch = watch(0, 0, 10_000, 1_000);

    assertThat(told(watch)).containsExactly("k=1");
    assertThat(report(watch).position()).isEqualTo(version(1));
    accept("k");
    // The watch began when the row was under way, and nobody had kept it for watchers.
    assertThat(report(watch(version(1))).missed()).isTrue();
  }

  /** Those before its last were acknowledged, perhaps, and nobody was told them. */
  @Test
  void whereARowComesToLightThatAPositionPassedThereIsAGap() {
    var made = new ArrayList<Operation>();
    for (int version = 1; version <= 3; version++) {
      made.add(
          new Operation(
              "o" + version, version, version > 1, 0, Operation.Outcome.MADE, version - 1));
    }
    var row = Entry.made(KEY, 3, false, Json.of("c"), Entry.WHOLE, made);
    start();
    promise(C, new Head(KEY, 3, 1));
    Pending later = watch(Versions.next(0, 3));
    leader.submit(get(), 0);
    fetched(C, row);
    accept(B);

    assertThat(report(later).missed()).isTrue();
  }

  // ---- what the tests say

  /** B accepts what it was sent last of a key. */
  private void accept(String key) {
    Sent.Accept of =
        sent.accepts.stream()
            .filter(one -> one.node().equals(B.node()))
            .filter(one -> Keys.keyOf(one.heads().get(0).key()).equals(key))
            .reduce((earlier, later) -> later)
            .orElseThrow();
    leader.accepted(B.node(), of.message(), of.heads(), granted(B), clock);
  }

  private long version(int counter) {
    return Versions.before(leader.ballot().round()) + counter;
  }

  private static Request.Mark whole(long after, long deletesAfter, long since) {
    return new Request.Mark(ARC, ARC, after, deletesAfter, since);
  }

  private Pending watch(long after) {
    return watch(after, Request.Mark.CHANGES, 10_000, 1_000);
  }

  private Pending watch(long after, long deletesAfter, long bytesMax, long holdMillis) {
    return watch(new Request.Mark(ARC, ARC, after, deletesAfter, 0), bytesMax, holdMillis);
  }

  private Pending watch(Request.Mark mark, long bytesMax, long holdMillis) {
    var pending =
        new Pending(
            new Request.WatchArcs("default", "k", List.of(mark), bytesMax, holdMillis, false),
            null,
            5 * SECOND);
    leader.submit(pending, 0);
    return pending;
  }

  private void write(String key, int value) {
    leader.submit(
        new Pending(
            new Request.Put(
                "default",
                key,
                Json.of(value),
                new Condition(Condition.Kind.NONE, 0),
                Acknowledge.MAJORITY,
                "op " + operations++,
                Versions.MAX,
                false),
            Keys.full("default", key),
            5 * SECOND),
        0);
  }

  private void delete(String key) {
    leader.submit(
        new Pending(
            new Request.Delete(
                "default",
                key,
                new Condition(Condition.Kind.NONE, 0),
                Acknowledge.MAJORITY,
                "op " + operations++,
                Versions.MAX,
                false),
            Keys.full("default", key),
            5 * SECOND),
        0);
  }

  private static PrefixWatchers.Report report(Pending watch) {
    return (PrefixWatchers.Report) watch.answer().getNow(null);
  }

  private static List<String> told(Pending watch) {
    return report(watch).sightings().stream()
        .map(one -> Keys.keyOf(one.key()) + "=" + one.value())
        .toList();
  }
}
