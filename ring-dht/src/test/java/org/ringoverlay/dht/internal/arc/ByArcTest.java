package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ByArcTest {
  private static final int ARCS = 1 << 20;

  private final ByArc<String> byArc = new ByArc<>();

  @Test
  void holdsWhatAMapWouldHold() {
    var model = new TreeMap<Integer, String>();
    var random = new SplittableRandom(1);
    for (int step = 0; step < 10_000; step++) {
      int arc = random.nextBoolean() ? random.nextInt(200) : random.nextInt(ARCS);
      String present = model.get(arc);
      if (present != null && random.nextBoolean()) {
        model.remove(arc);
        byArc.remove(arc, present);
      } else {
        String value = "v" + step;
        model.put(arc, value);
        byArc.put(arc, value);
      }
      assertThat(byArc.size()).isEqualTo(model.size());
      assertThat(byArc.get(arc)).isEqualTo(model.get(arc));
      assertThat(byArc.has(arc)).isEqualTo(model.containsKey(arc));
    }
    assertThat(byArc.arcs()).containsExactlyElementsOf(model.keySet());
  }

  @Test
  void removesOnlyWhatIsThere() {
    byArc.put(5, "five");
    byArc.remove(5, "another");
    byArc.remove(6, "six");
    assertThat(byArc.get(5)).isEqualTo("five");
    assertThat(byArc.size()).isOne();
  }

  @Test
  void walksInOrderOverWhatIsStillThere() {
    for (int arc : new int[] {70, 3, ARCS - 1, 64}) {
      byArc.put(arc, "there");
    }
    var seen = new ArrayList<Integer>();
    byArc.forEach(
        (arc, value) -> {
          seen.add(arc);
          byArc.remove(64, "there");
        });
    assertThat(seen).containsExactly(3, 70, ARCS - 1);
  }

  @Test
  void isEmptyWhenItIsCleared() {
    byArc.put(5, "five");
    byArc.clear();
    assertThat(byArc.get(5)).isNull();
    assertThat(byArc.arcs()).isEmpty();
    assertThat(byArc.get(ARCS - 1)).isNull();
  }
}
