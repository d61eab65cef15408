package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.Facts.node;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.wire.LinkMessage.Stretch;
import org.ringoverlay.view.MemberState;

class CoverageTest {
  private static final int SELF = 100;

  private final Coverage coverage = new Coverage(node(SELF));

  private void cut(int perSide, int... places) {
    var table = new MemberTable(1_000);
    for (int place : places) {
      table.merge(Facts.fact(node(place), 1, MemberState.ALIVE), 0);
    }
    List<MemberTable.Known> members = new ArrayList<>(table.all());
    int own = 0;
    while (!members.get(own).id().equals(node(SELF))) {
      own++;
    }
    coverage.cut(members, own, perSide);
  }

  @Test
  void whoKeepsItsLeafSetAloneCoversAsFarAsThat() {
    cut(2, 80, 90, 95, SELF, 110, 120, 130);
    assertThat(coverage.range()).isEqualTo(IdRange.of(node(90), node(120).next()));
  }

  @Test
  void fewMembersThatAreAllKeptAreAllKnown() {
    cut(2, 90, 95, SELF, 110, 120);
    assertThat(coverage.range()).isEqualTo(IdRange.full());
  }

  @Test
  void theDeathOfALeafWidensNothingThoughOneFarAwayIsTheNextThatIsKnown() {
    cut(2, 80, 90, 95, SELF, 110, 120, 130);
    cut(2, 90, 95, SELF, 120, 200);
    assertThat(coverage.range()).isEqualTo(IdRange.of(node(90), node(120).next()));
  }

  @Test
  void aNewcomerCoversWhatItsNeighboursKnowForSure() {
    coverage.selfAlone();
    assertThat(coverage.heard(null)).isFalse();
    assertThat(coverage.heard(new Stretch(node(1), node(50)))).as("elsewhere").isFalse();
    assertThat(coverage.heard(new Stretch(node(60), node(105)))).isTrue();
    assertThat(coverage.heard(new Stretch(node(90), node(140)))).isTrue();
    assertThat(coverage.heard(new Stretch(node(90), node(140)))).as("no more").isFalse();
    assertThat(coverage.range()).isEqualTo(IdRange.of(node(60), node(140)));
    assertThat(coverage.heard(new Stretch(node(3), node(3)))).as("who knows all").isTrue();
    assertThat(coverage.range()).isEqualTo(IdRange.full());
  }

  @Test
  void nobodyStandsBetweenTwoThatAreEachOthersNearest() {
    coverage.selfAlone();
    assertThat(coverage.heard(new Stretch(node(110), node(140)))).as("a gap").isFalse();
    assertThat(coverage.nobodyBefore(node(110), true)).isTrue();
    assertThat(coverage.heard(new Stretch(node(110), node(140)))).isTrue();
    assertThat(coverage.nobodyBefore(node(90), false)).isTrue();
    assertThat(coverage.range()).isEqualTo(IdRange.of(node(90), node(140)));
  }

  @Test
  void twoNodesThatKnowNobodyElseKnowAll() {
    coverage.selfAlone();
    coverage.nobodyBefore(node(110), true);
    coverage.nobodyBefore(node(110), false);
    assertThat(coverage.range()).isEqualTo(IdRange.full());
  }
}
