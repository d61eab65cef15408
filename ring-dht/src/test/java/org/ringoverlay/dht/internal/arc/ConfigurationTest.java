package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

class ConfigurationTest {
  private static final Voter A = new Voter(Id.of("a"), 1);
  private static final Voter B = new Voter(Id.of("b"), 2);
  private static final Voter C = new Voter(Id.of("c"), 3);
  private static final Voter D = new Voter(Id.of("d"), 4);
  private static final Voter E = new Voter(Id.of("e"), 5);
  private static final Voter F = new Voter(Id.of("f"), 6);

  private final Configuration three = new Configuration(4, 2, List.of(A, B, C), List.of());

  @Test
  void aQuorumIsMoreThanHalfOfTheMembers() {
    assertThat(three.isQuorum(List.of(A))).isFalse();
    assertThat(three.isQuorum(List.of(C, A))).isTrue();

    var four = new Configuration(4, 2, List.of(A, B, C, D), List.of());
    assertThat(four.isQuorum(List.of(A, B))).isFalse();
    assertThat(four.isQuorum(List.of(A, B, D))).isTrue();

    var one = Configuration.founded(A);
    assertThat(one.isQuorum(List.of())).isFalse();
    assertThat(one.isQuorum(List.of(A))).isTrue();
  }

  @Test
  void strangersAndRepetitionsAndFormerStoresDoNotMakeAQuorum() {
    assertThat(three.isQuorum(List.of(A, D, E, F))).isFalse();
    assertThat(three.isQuorum(List.of(A, A, A))).isFalse();
    assertThat(three.isQuorum(List.of(A, new Voter(B.node(), 9), new Voter(C.node(), 9))))
        .isFalse();
  }

  @Test
  void whileItChangesAQuorumIsOneOfTheOldAndOneOfTheNew() {
    Configuration joint = three.joint(3, List.of(D, E, F));
    assertThat(joint.isQuorum(List.of(A, B, C, D))).isFalse();
    assertThat(joint.isQuorum(List.of(A, D, E, F))).isFalse();
    assertThat(joint.isQuorum(List.of(A, B, D, E))).isTrue();

    // Who is in both counts in both.
    Configuration overlapping = three.joint(3, List.of(B, C, D));
    assertThat(overlapping.isQuorum(List.of(B, C))).isTrue();
    assertThat(overlapping.isQuorum(List.of(A, B))).isFalse();
    assertThat(overlapping.isQuorum(List.of(C, D))).isFalse();
  }

  @Test
  void theLaterEpochIsNewerAndOfOneEpochTheLaterBallots() {
    var laterEpoch = new Configuration(5, 1, List.of(A), List.of());
    var laterRound = new Configuration(4, 3, List.of(A), List.of());

    assertThat(laterEpoch).isGreaterThan(three).isGreaterThan(laterRound);
    assertThat(laterRound).isGreaterThan(three);
    assertThat(Configuration.newer(three, laterRound)).isSameAs(laterRound);
    assertThat(Configuration.newer(laterRound, three)).isSameAs(laterRound);
    assertThat(Configuration.newer(null, three)).isSameAs(three);
    assertThat(Configuration.newer(three, null)).isSameAs(three);
    assertThat(Configuration.newer(null, null)).isNull();
  }

  @Test
  void goesFromTheOldToBothToTheNew() {
    Configuration joint = three.joint(7, List.of(B, C, D));
    assertThat(three.joint()).isFalse();
    assertThat(joint).isEqualTo(new Configuration(5, 7, List.of(A, B, C), List.of(B, C, D)));
    assertThat(joint.joint()).isTrue();
    assertThat(joint.changed(8))
        .isEqualTo(new Configuration(6, 8, List.of(B, C, D), List.of()))
        .isGreaterThan(joint);
  }

  @Test
  void proposedAgainItIsTheSameButForTheBallot() {
    Configuration joint = three.joint(7, List.of(B, C, D));
    assertThat(joint.again(9))
        .isEqualTo(new Configuration(5, 9, List.of(A, B, C), List.of(B, C, D)));
  }

  @Test
  void allOfBothHaveAVoiceOnce() {
    Configuration joint = three.joint(7, List.of(B, C, D));
    assertThat(joint.voters()).containsExactly(A, B, C, D);
    assertThat(joint.has(A)).isTrue();
    assertThat(joint.has(D)).isTrue();
    assertThat(joint.has(E)).isFalse();
    assertThat(three.has(D)).isFalse();
  }

  @Test
  void anotherStoreOfAMembersNodeHasNoVoice() {
    var again = new Voter(C.node(), 9);
    assertThat(three.has(again)).isFalse();
    assertThat(three.hasNode(C.node())).isTrue();
    assertThat(three.hasNode(D.node())).isFalse();

    // While it takes the place of its former self both are voters.
    assertThat(three.joint(3, List.of(A, B, again)).voters()).containsExactly(A, B, C, again);
  }
}
