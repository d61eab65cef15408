package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply.Floored;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.CopyRequest.Floor.Step;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Fingerprint;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

class FloorsTest {
  private static final int ARC = 3;
  private static final Voter SELF = new Voter(Id.of("self"), 1);
  private static final Voter DADDY = new Voter(Id.of("daddy"), 2);
  private static final Ballot FIRST = new Ballot(5, DADDY.node(), 1);
  private static final Ballot SECOND = new Ballot(6, DADDY.node(), 1);
  private static final long FLOOR = 20;

  private final Shelf shelf = new Shelf(Journal.inMemory(SELF, new NoLoop()), grants(), 100);

  private static Grants grants() {
    return new Grants(() -> 0, true);
  }

  private static Entry value(String key, long version) {
    return Entry.made(key, version, false, Json.of(version), Entry.WHOLE, List.of());
  }

  private static Entry tombstone(String key, long version) {
    return Entry.made(key, version, true, Register.NOTHING, Entry.WHOLE, List.of());
  }

  private List<String> keep(Ballot ballot, Entry... entries) {
    return shelf.accept(CopyRequest.Accept.registers(ARC, ballot, 1, List.of(entries))).behind();
  }

  private Floored ask(Ballot ballot, Step step, Fingerprint held) {
    return shelf.floors().answer(new CopyRequest.Floor(ARC, ballot, 1, step, FLOOR, held));
  }

  private static Fingerprint heldBy(Entry... entries) {
    var other = new Shelf(Journal.inMemory(DADDY, new NoLoop()), grants(), 100);
    other.accept(CopyRequest.Accept.registers(ARC, FIRST, 1, List.of(entries)));
    return other.floors().held(ARC, FLOOR);
  }

  @Test
  void comparesWhatItHoldsUpToTheFloorWhateverBallotsThatWasAcceptedUnder() {
    keep(FIRST, value("a", 3), tombstone("b", 20));
    Fingerprint held = heldBy(value("a", 3), tombstone("b", 20));
    assertThat(ask(SECOND, Step.COMPARE, held).same()).isTrue();
    keep(SECOND, value("above", 21), value("a", 3));
    assertThat(ask(SECOND, Step.COMPARE, held).same()).isTrue();

    keep(SECOND, value("a", 22));
    assertThat(ask(SECOND, Step.COMPARE, held).same()).as("lacks one").isFalse();
  }

  @Test
  void aDaddyThatWasReplacedIsNotAnswered() {
    keep(SECOND, tombstone("a", 3));
    Floored reply = ask(FIRST, Step.RAISE, Fingerprint.NOTHING);

    assertThat(reply.granted()).isFalse();
    assertThat(reply.standing()).isEqualTo(SECOND);
    assertThat(shelf.tombstones(ARC)).isEqualTo(1);
    assertThat(shelf.floor(ARC)).isEqualTo(Floor.NONE);
  }

  @Test
  void dropsTombstonesUpToTheFloorAndNothingElse() {
    keep(FIRST, value("a", 3), tombstone("b", 20), tombstone("c", 21));
    ask(FIRST, Step.RAISE, Fingerprint.NOTHING);

    assertThat(shelf.registers(ARC)).containsOnlyKeys("a", "c");
    assertThat(shelf.records()).isEqualTo(2);
    assertThat(shelf.tombstones(ARC)).isEqualTo(1);
    assertThat(shelf.floors().dropped()).isEqualTo(1);
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, SECOND, "")).floor()).isEqualTo(FLOOR);
  }

  @Test
  void pitfall06WhatComesLateUnderTheBallotThatRaisedTheFloorIsNotTaken() {
    keep(FIRST, tombstone("a", 12));
    ask(FIRST, Step.RAISE, Fingerprint.NOTHING);

    assertThat(keep(FIRST, value("a", 11))).containsExactly("a");
    assertThat(shelf.register(ARC, "a")).isNull();
    assertThat(keep(FIRST, value("a", 21))).isEmpty();
    assertThat(keep(SECOND, value("b", 11))).as("a later daddy knows what there is").isEmpty();
  }

  @Test
  void whoTakesTheFloorOverDropsWhatWasNotSentToItSince() {
    keep(FIRST, value("old", 4), value("a", 3), value("above", 21));
    keep(SECOND, value("a", 3));

    assertThat(ask(SECOND, Step.JOIN, heldBy(value("a", 3))).same()).isTrue();
    assertThat(shelf.registers(ARC)).containsOnlyKeys("a", "above");
    assertThat(shelf.floor(ARC)).isEqualTo(new Floor(FLOOR, SECOND.round()));
  }

  @Test
  void whoHoldsSomethingElseEvenThenBeginsAnew() {
    keep(FIRST, value("late", 4), value("a", 3), value("above", 21));

    assertThat(ask(FIRST, Step.JOIN, heldBy(value("a", 3))).same()).isFalse();
    assertThat(shelf.registers(ARC)).containsOnlyKeys("above");
    assertThat(keep(FIRST, value("a", 3))).isEmpty();
    assertThat(ask(FIRST, Step.JOIN, heldBy(value("a", 3))).same()).isTrue();
  }

  @Test
  void whoIsAMemberByThenAndIsAskedOnceMoreDropsNothing() {
    keep(FIRST, value("a", 3), value("b", 4));
    Fingerprint then = heldBy(value("a", 3), value("b", 4));
    ask(FIRST, Step.JOIN, then);
    keep(FIRST, value("a", 21));

    assertThat(ask(FIRST, Step.JOIN, then).same()).isFalse();
    assertThat(shelf.registers(ARC)).containsOnlyKeys("a", "b");
  }

  @Test
  void whoLeftAndIsFilledAgainIsNotKeptFromThatByALateWord() {
    keep(FIRST, tombstone("a", 12));
    var without = new Configuration(3, 0, List.of(DADDY), List.of());
    shelf.accept(CopyRequest.Accept.configuration(ARC, FIRST, without, true));
    ask(FIRST, Step.RAISE, Fingerprint.NOTHING);

    assertThat(shelf.floor(ARC)).isEqualTo(new Floor(FLOOR, 0));
    assertThat(keep(FIRST, value("b", 11))).isEmpty();
  }

  @Test
  void whoForgetsATombstoneIsToldOfTheFloor() {
    keep(FIRST, tombstone("a", 12));
    shelf.forget(
        new CopyRequest.Forget(ARC, SECOND, List.of(new Head("a", 12, FIRST.round())), FLOOR));

    assertThat(shelf.registers(ARC)).isEmpty();
    assertThat(shelf.floor(ARC).version()).isEqualTo(FLOOR);
  }
}
