package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

class TakeoverTest {
  private static final Voter SELF = new Voter(Id.of("self"), 1);
  private static final Voter B = new Voter(Id.of("b"), 2);
  private static final Voter C = new Voter(Id.of("c"), 3);
  private static final Voter D = new Voter(Id.of("d"), 4);
  private static final Voter E = new Voter(Id.of("e"), 5);

  private final Takeover takeover =
      new Takeover(new Configuration(1, 1, List.of(SELF, B, C), List.of()));

  @Test
  void isCompleteWithAMajorityOfTheMembers() {
    hear(SELF);
    assertThat(takeover.isComplete(SELF)).isFalse();
    hear(B);
    assertThat(takeover.isComplete(SELF)).isTrue();
  }

  @Test
  void whoIsNoMemberDoesNotCount() {
    hear(SELF);
    hear(D);
    assertThat(takeover.isComplete(SELF)).isFalse();
  }

  @Test
  void aMemberThatKeepsAnotherStoreNowDoesNotCount() {
    hear(SELF);
    hear(new Voter(B.node(), B.store() + 1));
    assertThat(takeover.isComplete(SELF)).isFalse();
    assertThat(takeover.missing()).as("silent").isEqualTo(C.node().shortString());
    assertThat(takeover.replaced()).isEqualTo(B.node().shortString());
  }

  @Test
  void aMemberThatHasNotToldAllDoesNotCount() {
    hear(SELF);
    takeover.heard(B, List.of(new Head("k", 1, 1)), true);
    assertThat(takeover.isComplete(SELF)).isFalse();
    takeover.heard(B, List.of(new Head("l", 1, 1)), false);
    assertThat(takeover.isComplete(SELF)).isTrue();
    assertThat(takeover.known()).containsOnlyKeys("k", "l");
  }

  @Test
  void whatAMemberHoldsOfAGenerationBeforeIsNotMet() {
    long round = Versions.firstOf(1);
    takeover.met(new Configuration(2, round, List.of(SELF, B, C), List.of()));
    hear(SELF);
    takeover.heard(B, List.of(new Head("given up", 1, 5), new Head("kept", 2, round)), false);

    assertThat(takeover.known()).containsOnlyKeys("kept");
  }

  @Test
  void needsAQuorumOfTheNewestConfigurationThatAnybodyMet() {
    hear(SELF);
    takeover.met(new Configuration(3, 1, List.of(B, D, E), List.of()));
    hear(B);

    assertThat(takeover.isComplete(SELF)).isFalse();
    assertThat(takeover.toAsk()).containsExactly(D.node(), E.node());
    hear(D);
    assertThat(takeover.isComplete(SELF)).isTrue();
  }

  @Test
  void ofOneEpochTheConfigurationOfTheNewerBallotIsTheNewest() {
    var newer = new Configuration(1, 5, List.of(SELF, D, E), List.of());
    takeover.met(newer);
    takeover.met(new Configuration(1, 4, List.of(SELF, B), List.of()));
    takeover.met(new Configuration(0, 9, List.of(SELF), List.of()));
    takeover.met(null);

    assertThat(takeover.configuration()).isEqualTo(newer);
  }

  @Test
  void aJointConfigurationNeedsTheMajoritiesOfBoth() {
    takeover.met(new Configuration(2, 1, List.of(SELF, B, C), List.of(C, D, E)));
    hear(SELF);
    hear(B);
    assertThat(takeover.isComplete(SELF)).isFalse();
    hear(D);
    assertThat(takeover.isComplete(SELF)).isFalse();
    hear(E);
    assertThat(takeover.isComplete(SELF)).isTrue();
  }

  @Test
  void theMajorityOfTheNewMembersAloneIsNotEnoughEither() {
    takeover.met(new Configuration(2, 1, List.of(SELF, B, C), List.of(C, D, E)));
    hear(C);
    hear(D);
    hear(E);
    assertThat(takeover.isComplete(SELF)).isFalse();
    hear(SELF);
    assertThat(takeover.isComplete(SELF)).isTrue();
  }

  @Test
  void asksASilentNodeAgainFromTheBeginningAndATalkingOneOnlyOnce() {
    assertThat(takeover.toAsk()).containsExactly(SELF.node(), B.node(), C.node());
    assertThat(takeover.toAsk()).isEmpty();
    takeover.heard(B, List.of(new Head("k", 1, 1)), true);
    assertThat(takeover.after(B.node())).isEqualTo("k");
    assertThat(takeover.toAsk()).isEmpty();
    takeover.silent(B.node());
    assertThat(takeover.toAsk()).containsExactly(B.node());
    assertThat(takeover.after(B.node())).isEmpty();
    hear(B);
    assertThat(takeover.toAsk()).isEmpty();
  }

  @Test
  void knowsTheHighestVersionOfOneBallotAndWhoHoldsIt() {
    takeover.heard(SELF, List.of(new Head("k", 1, 1)), false);
    takeover.heard(B, List.of(new Head("k", 2, 1)), false);
    takeover.heard(C, List.of(new Head("k", 2, 1), new Head("l", 1, 1)), false);

    assertThat(takeover.known().get("k"))
        .isEqualTo(new Takeover.Known(new Head("k", 2, 1), List.of(B, C)));
    assertThat(takeover.known().get("l"))
        .isEqualTo(new Takeover.Known(new Head("l", 1, 1), List.of(C)));
  }

  @Test
  void aNewerBallotsRegisterIsNewerThanAHigherVersionOfAnOlderOne() {
    takeover.heard(SELF, List.of(new Head("k", 9, 1)), false);
    takeover.heard(B, List.of(new Head("k", 2, 3)), false);
    takeover.heard(C, List.of(new Head("k", 5, 2)), false);

    assertThat(takeover.known().get("k"))
        .isEqualTo(new Takeover.Known(new Head("k", 2, 3), List.of(B)));
  }

  @Test
  void oneVersionUnderTwoBallotsIsHeldUnderTheNewerAlone() {
    takeover.heard(SELF, List.of(new Head("k", 2, 1)), false);
    takeover.heard(B, List.of(new Head("k", 2, 3)), false);

    assertThat(takeover.known().get("k").holders()).containsExactly(B);
  }

  @Test
  void theRegistersOfThoseThatAreNoMembersDoNotCount() {
    takeover.heard(SELF, List.of(new Head("k", 1, 1)), false);
    takeover.heard(D, List.of(new Head("k", 2, 2), new Head("l", 1, 1)), false);
    takeover.heard(new Voter(B.node(), 9), List.of(new Head("k", 3, 3)), false);

    assertThat(takeover.known())
        .containsOnlyKeys("k")
        .containsEntry("k", new Takeover.Known(new Head("k", 1, 1), List.of(SELF)));
  }

  @Test
  void theRegistersOfOneThatIsNoMemberOfTheNewestConfigurationDoNotCountAnyMore() {
    takeover.heard(C, List.of(new Head("k", 2, 2)), false);
    assertThat(takeover.known()).containsOnlyKeys("k");

    takeover.met(new Configuration(3, 1, List.of(SELF, B, D), List.of()));

    assertThat(takeover.known()).isEmpty();
  }

  private void hear(Voter voter) {
    takeover.heard(voter, List.of(), false);
  }
}
