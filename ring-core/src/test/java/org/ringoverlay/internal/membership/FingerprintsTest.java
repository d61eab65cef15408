package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.view.MemberState;

class FingerprintsTest {
  private static MemberTable.Known known(int place, long version, MemberState state) {
    var table = new MemberTable(10);
    table.merge(Facts.fact(Facts.node(place), version, state), 0);
    return table.all().get(0);
  }

  @Test
  void eachFactThatWasSaidIsFoundAndNoOther() {
    var said = new ArrayList<MemberTable.Known>();
    for (int place = 0; place < 64; place++) {
      said.add(known(place, 1 + place, MemberState.ALIVE));
    }
    Fingerprints read = Fingerprints.parse(Fingerprints.of(said));
    assertThat(said).allMatch(read::has);
    assertThat(read.has(known(64, 1, MemberState.ALIVE))).isFalse();
    assertThat(read.has(known(1, 3, MemberState.ALIVE))).as("newer").isFalse();
    assertThat(read.has(known(1, 2, MemberState.SUSPECT))).as("in another state").isFalse();
  }

  @Test
  void hostileTextIsReadAsFarAsItIsSound() {
    MemberTable.Known fact = known(1, 1, MemberState.ALIVE);
    String one = Fingerprints.of(List.of(fact));
    assertThat(Fingerprints.parse(null).has(fact)).isFalse();
    assertThat(Fingerprints.parse("").has(fact)).isFalse();
    assertThat(Fingerprints.parse(one + "xyz").has(fact)).isTrue();
    assertThat(Fingerprints.parse(one + "xyzxyzxy" + one).has(fact)).isTrue();
    assertThat(Fingerprints.parse("xyzxyzxy" + one).has(fact)).isFalse();
    assertThat(Fingerprints.parse("00000000".repeat(100_000) + one).has(fact)).isFalse();
  }
}
