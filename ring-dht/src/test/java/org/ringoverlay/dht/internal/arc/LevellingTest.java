package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.json.Json;

/** What a daddy does about a member that was found to hold something else. */
class LevellingTest extends ArcLeaderRig {
  private static final String OTHER = "default\0other";

  @Test
  void whatAMemberHoldsOfAKeyThatHoldsNothingIsForgotten() {
    lead();
    var leftover = new Head(OTHER, 3, 2);

    leader.differs(B, List.of(), List.of(leftover));

    assertThat(sent.forgets)
        .containsExactly(new CopyRequest.Forget(ARC, leader.ballot(), List.of(leftover), 0));
    assertThat(leader.nextRepair()).isNull();
  }

  @Test
  void aMemberThatLacksARegisterOrHoldsAnotherIsSentItUnderTheBallot() {
    lead();
    Pending put = put("one", 1);
    leader.submit(put, 0);
    accept(B);
    accept(C);
    Head own = head();
    assertThat(leader.nextRepair()).isNull();

    leader.differs(C, List.of(own), List.of());

    var push = (Repair.Push) leader.nextRepair();
    assertThat(push.node()).isEqualTo(C.node());
    assertThat(push.message().ballot()).isEqualTo(leader.ballot());
    assertThat(push.heads()).containsExactly(own);
    assertThat(push.message().entries()).extracting(Entry::base).containsExactly(Entry.WHOLE);
    assertThat(leader.nextRepair()).isNull();
  }

  @Test
  void whatMembersAcceptedUnderDifferentBallotsAllAcceptUnderThisOne() {
    keep(OLD, 1);
    start();
    promise(B, new Head(KEY, OLD.version(), 1));
    assertThat(sent.accepts).isEmpty();

    leader.differs(C, List.of(head()), List.of(new Head(KEY, OLD.version(), 4)));

    assertThat(head().accepted()).isEqualTo(leader.ballot().round());
    assertThat(leader.nextRepair()).isNull();
    for (Voter member : List.of(B, C)) {
      Entry stamp = sent.lastTo(member.node()).message().entries().get(0);
      assertThat(stamp.base()).isEqualTo(OLD.version()).isEqualTo(stamp.version());
      assertThat(stamp.value()).isEqualTo(Register.NOTHING);
    }
    accept(B);
    behind(C);
    assertThat(sent.lastTo(C.node()).message().entries().get(0).value()).isEqualTo(OLD.value());
    Pending get = get();
    leader.submit(get, 0);
    check(B, 1);
    assertThat(found(get).value()).isEqualTo(Json.of("old"));
  }

  @Test
  void whatIsUnderWayIsLeftAlone() {
    lead();
    leader.submit(put("one", 1), 0);

    leader.differs(C, List.of(head()), List.of());
    leader.differs(C, List.of(), List.of(head()));

    assertThat(leader.nextRepair()).isNull();
    assertThat(sent.forgets).isEmpty();
  }

  @Test
  void whoIsNoMemberIsSentNothing() {
    lead();

    leader.differs(B_AGAIN, List.of(), List.of(new Head(OTHER, 3, 2)));

    assertThat(sent.forgets).isEmpty();
  }

  private void behind(Voter voter) {
    Sent.Accept message = sent.lastTo(voter.node());
    leader.accepted(
        voter.node(),
        message.message(),
        message.heads(),
        new CopyReply.Accepted(true, leader.ballot(), voter.store(), List.of(KEY)),
        0);
  }

  private Head head() {
    Register held = shelf.register(ARC, KEY);
    return new Head(KEY, held.version(), held.accepted());
  }
}
