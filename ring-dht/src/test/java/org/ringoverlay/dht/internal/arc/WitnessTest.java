package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CommitNumber;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

class WitnessTest {
  private static final Voter SELF = new Voter(Id.of("self"), 7);
  private static final Voter B = new Voter(Id.of("b"), 8);
  private static final Ballot BALLOT = new Ballot(1, SELF.node(), 9);

  private final Witness witness = new Witness(Journal.inMemory(SELF, new NoLoop()));

  private static CopyReply accepted(long store, long commit) {
    return new CopyReply.Accepted(true, BALLOT, store, List.of(), commit);
  }

  @Test
  void pitfall07AReplyOfAStoreThatWentBackDoesNotCount() {
    assertThat(witness.counts(B.node(), witness.of(B.node()), accepted(8, 20))).isTrue();
    CommitNumber asked = witness.of(B.node());
    assertThat(asked).isEqualTo(new CommitNumber(8, 20));

    assertThat(witness.counts(B.node(), asked, accepted(8, 19))).isFalse();
    assertThat(witness.counts(B.node(), asked, accepted(8, 20))).isTrue();
    assertThat(witness.counts(B.node(), asked, accepted(9, 3))).as("another store").isTrue();
    assertThat(witness.counts(B.node(), asked, accepted(8, 0))).as("an old version").isTrue();
    assertThat(
            witness.counts(
                B.node(), asked, new CopyReply.Answers(List.of(), 0, new CommitNumber(8, 5))))
        .isFalse();
  }

  @Test
  void repliesThatOvertakeEachOtherCount() {
    CommitNumber asked = witness.of(B.node());
    assertThat(witness.counts(B.node(), asked, accepted(8, 20))).isTrue();
    assertThat(witness.counts(B.node(), asked, accepted(8, 19))).isTrue();
    assertThat(witness.of(B.node())).isEqualTo(new CommitNumber(8, 20));
  }

  @Test
  void whoAsksIsToldWhatWasSeenOfTheStoreThatItNames() {
    witness.heard(B.node(), new CopyRequest.Batch(List.of(), new CommitNumber(8, 20)));
    witness.heard(B.node(), new CopyRequest.Batch(List.of(), new CommitNumber(88, 4)));
    var back = new CopyRequest.Locate(List.of(), false, false, new CommitNumber(8, 12), null);

    var answers =
        (CopyReply.Answers)
            witness.signed(
                B.node(),
                new CopyRequest.Batch(List.of(back), null),
                new CopyReply.Answers(
                    List.of(new CopyReply.Located(7, false, List.of())), 0, null));

    assertThat(answers.replies())
        .singleElement()
        .isInstanceOfSatisfying(
            CopyReply.Located.class,
            located -> assertThat(located.seen()).isEqualTo(new CommitNumber(8, 20)));
    var asking = (CopyRequest.Locate) witness.signed(B.node(), new CopyRequest.Locate(List.of()));
    assertThat(asking.seen()).isEqualTo(new CommitNumber(88, 4));
  }

  @Test
  void aStoreInMemoryTellsNothingOfItself() {
    assertThat(witness.signed(B.node(), new CopyRequest.Batch(List.of(), null)))
        .isEqualTo(new CopyRequest.Batch(List.of(), null));
    assertThat(witness.signed(B.node(), new CopyRequest.Check(1, BALLOT), accepted(7, 0)))
        .isEqualTo(accepted(7, 0));
    var told = new ArrayList<String>();
    witness.whenOlder(() -> told.add("older"));
    var seen = new CopyRequest.Locate(List.of(), false, false, null, new CommitNumber(7, 5));
    witness.heard(B.node(), seen);
    assertThat(told).isEmpty();
  }

  @Test
  void aNumberThatNoStoreCanHaveIsRefused() {
    for (long wrong : new long[] {-1, CommitNumber.COMMIT_MAX + 1, Long.MAX_VALUE}) {
      var lie = new CopyRequest.Batch(List.of(), new CommitNumber(8, wrong));
      assertThatThrownBy(() -> witness.heard(B.node(), lie))
          .isInstanceOf(RingException.InvalidInput.class);
      assertThat(witness.counts(B.node(), null, accepted(8, wrong))).isFalse();
    }
    assertThat(witness.of(B.node())).isNull();
  }

  @Test
  void ofMoreStoresThanItMayRememberTheFirstIsForgottenOnTheDiskToo() {
    var sightings = new Sightings();
    for (int store = 0; store < Sightings.STORES_MAX; store++) {
      sightings.saw(new Voter(B.node(), store), 1);
    }
    Map<Voter, Long> written = new TreeMap<>();
    var removed = new ArrayList<Voter>();
    sightings.takeDue(written::put, removed::add);
    assertThat(written).hasSize(Sightings.STORES_MAX);

    sightings.saw(new Voter(B.node(), Sightings.STORES_MAX), 1);
    written.clear();
    sightings.takeDue(written::put, removed::add);

    assertThat(written.keySet()).containsExactly(new Voter(B.node(), Sightings.STORES_MAX));
    assertThat(removed).containsExactly(new Voter(B.node(), 0));
    assertThat(sightings.of(new Voter(B.node(), 0))).isZero();
  }
}
