package org.ringoverlay.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

class DetoursTest {
  private static final Id SELF = Facts.node(1);
  private static final Id ASKER = Facts.node(2);
  private static final Id BETWEEN = Facts.node(3);

  private List<Member> members = List.of(member(SELF), member(ASKER), member(BETWEEN));
  private final Detours detours = new Detours(SELF, () -> members);

  private static Member member(Id id) {
    return new Member(id, 1, "127.0.0.1:1", "", Map.of(), List.of(), MemberState.ALIVE);
  }

  private static Envelope request() {
    return new Envelope(
        Kind.REQUEST, 0, 2, 16, 0, SELF, ASKER, 4, 7, 7, 1, 1_000, "echo", new byte[0], 0, 0);
  }

  private static Envelope answer() {
    return request().answer(Kind.REPLY, 0, SELF, new byte[0]);
  }

  @Test
  void anAnswerGoesBackByTheMemberThroughWhichItsRequestCame() {
    detours.came(BETWEEN, request());
    assertThat(detours.back(ASKER, answer())).isEqualTo(BETWEEN);
    detours.came(ASKER, request());
    assertThat(detours.back(ASKER, answer())).as("the last one came straight").isEqualTo(ASKER);
  }

  @Test
  void anAnswerGoesStraightWhenThatMemberHasLeft() {
    detours.came(BETWEEN, request());
    members = List.of(member(SELF), member(ASKER));
    assertThat(detours.back(ASKER, answer())).isEqualTo(ASKER);
  }
}
