package org.ringoverlay.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;

class IntroductionTest {
  private static final String IDENTITY = "a".repeat(32);
  private static final String OTHER_IDENTITY = "b".repeat(32);
  private static final long FRAME_MAX = 1 << 20;
  private static final Id SELF = Facts.node(1);
  private static final MemberCard THEIRS = Facts.card(Facts.node(2), 1);

  private final Introduction member =
      new Introduction(SELF, "ring", IDENTITY, Json.of(Facts.card(SELF, 1)), FRAME_MAX);
  private final Introduction newcomer =
      new Introduction(SELF, "ring", "", Json.of(Facts.card(SELF, 1)), FRAME_MAX);

  private static LinkMessage.Hello hello(int min, int max, String ring, String identity) {
    return new LinkMessage.Hello(min, max, null, ring, identity, Json.of(THEIRS.id()), null);
  }

  private static LinkMessage.Welcome welcome(int protocol, String ring, String identity) {
    return new LinkMessage.Welcome(protocol, null, ring, identity, Json.of(THEIRS.id()), null);
  }

  private static RingException refused(Object objection, String... words) {
    assertThat(objection).isInstanceOf(RingException.Incompatible.class);
    for (String word : words) {
      assertThat(((RingException) objection).getMessage()).contains(word);
    }
    return (RingException) objection;
  }

  @Test
  void membersOfOneRingAgree() {
    assertThat(member.objection(hello(1, 1, "ring", IDENTITY), THEIRS.id())).isNull();
    assertThat(member.objection(welcome(1, "ring", IDENTITY), THEIRS.id())).isNull();
    assertThat(member.objection(member.hello(), THEIRS.id())).isNull();
    assertThat(member.objection(member.welcome(1), THEIRS.id())).isNull();
  }

  @Test
  void newcomerWithoutAnIdentityAgreesWithAnybodyOfItsName() {
    assertThat(member.objection(hello(1, 1, "ring", ""), THEIRS.id())).isNull();
    assertThat(newcomer.objection(welcome(1, "ring", IDENTITY), THEIRS.id())).isNull();
    newcomer.ringIdentity(IDENTITY);
    refused(newcomer.objection(welcome(1, "ring", OTHER_IDENTITY), THEIRS.id()), IDENTITY);
  }

  @Test
  void anotherRingsNameIsIncompatibleOnBothSides() {
    refused(member.objection(hello(1, 1, "rung", IDENTITY), THEIRS.id()), "'ring'", "'rung'");
    refused(member.objection(welcome(1, "rung", IDENTITY), THEIRS.id()), "'ring'", "'rung'");
    refused(member.objection(hello(1, 1, null, IDENTITY), THEIRS.id()));
  }

  @Test
  void hostileNameIsNotEchoedRaw() {
    RingException refused =
        refused(
            member.objection(
                hello(1, 1, "\r\nERROR\u001b[31m" + "x".repeat(100_000), IDENTITY), THEIRS.id()));
    assertThat(refused.getMessage()).doesNotContain("\r", "\n", "\u001b");
    assertThat(refused.getMessage().length()).isLessThan(400);
  }

  @Test
  void anotherIdentityUnderTheSameNameNeverMerges() {
    refused(
        member.objection(hello(1, 1, "ring", OTHER_IDENTITY), THEIRS.id()),
        IDENTITY,
        OTHER_IDENTITY);
    refused(member.objection(welcome(1, "ring", OTHER_IDENTITY), THEIRS.id()), "never merge");
    refused(member.objection(hello(1, 1, "ring", null), THEIRS.id()));
  }

  @Test
  void nodeWithTheSameIdIsNotTalkedTo() {
    refused(member.objection(hello(1, 1, "ring", IDENTITY), SELF), SELF.toString());
    refused(member.objection(welcome(1, "ring", IDENTITY), SELF), SELF.toString());
  }

  @Test
  void protocolsAgreeWhereTheirRangesMeet() {
    for (int[] range : new int[][] {{1, 1}, {1, 9}, {0, 1}, {0, Integer.MAX_VALUE}}) {
      assertThat(member.objection(hello(range[0], range[1], "ring", IDENTITY), THEIRS.id()))
          .isNull();
    }
    for (int[] range :
        new int[][] {{2, 9}, {0, 0}, {-5, -1}, {Integer.MAX_VALUE, Integer.MAX_VALUE}}) {
      refused(
          member.objection(hello(range[0], range[1], "ring", IDENTITY), THEIRS.id()),
          range[0] + " to " + range[1]);
    }
    for (int protocol : List.of(0, 2, -1, Integer.MAX_VALUE)) {
      refused(member.objection(welcome(protocol, "ring", IDENTITY), THEIRS.id()), "" + protocol);
    }
  }

  @Test
  void protocolIsJudgedBeforeTheName() {
    refused(member.objection(hello(2, 9, "rung", OTHER_IDENTITY), THEIRS.id()), "protocol");
  }

  @Test
  void bothSidesSayTheLongestFrameThatTheyTake() {
    assertThat(member.hello().frameMax()).isEqualTo(FRAME_MAX);
    assertThat(member.welcome(1).frameMax()).isEqualTo(FRAME_MAX);
  }

  @Test
  void newCardIsIntroducedFromThenOn() {
    Json card = Json.of(Facts.card(SELF, 2));
    member.card(card);
    assertThat(member.hello().card()).isEqualTo(card);
    assertThat(member.welcome(1).card()).isEqualTo(card);
  }
}
