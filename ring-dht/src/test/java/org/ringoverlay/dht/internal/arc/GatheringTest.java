package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Span;

class GatheringTest {
  @Test
  void keepsTheFirstKeysAndTellsHowFarTheyAreAll() {
    var gathering = new Gathering(3, 10_000);
    for (String key : List.of("d", "a", "e", "b", "c")) {
      gathering.add(key, 1);
    }
    assertThat(keys(gathering)).containsExactly("a", "b", "c");
    assertThat(gathering.until()).isEqualTo("c");
  }

  @Test
  void tellsNoEndWhenAllKeysFit() {
    var gathering = new Gathering(3, 10_000);
    for (String key : List.of("c", "a", "b")) {
      gathering.add(key, 1);
    }
    assertThat(gathering.until()).isNull();
  }

  @Test
  void showsNothingBeyondWhatTheShortestAnswerReached() {
    var gathering = new Gathering(3, 10_000);
    gathering.add("a", 1);
    gathering.add("c", 1);
    gathering.reaches("c");
    gathering.reaches("b");
    gathering.reaches(null);
    gathering.reaches("x");
    gathering.add("bb", 2);
    gathering.add("aa", 2);

    assertThat(keys(gathering)).containsExactly("a", "aa");
    assertThat(gathering.until()).isEqualTo("b");
  }

  @Test
  void isBoundedInBytesButKeepsOneKey() {
    var gathering = new Gathering(1_000, 100);
    gathering.add("x".repeat(200), 1);
    assertThat(keys(gathering)).hasSize(1);
    assertThat(gathering.until()).isNull();
    gathering.add("y", 1);
    gathering.add("a", 1);

    assertThat(keys(gathering)).containsExactly("a");
    assertThat(gathering.until()).isEqualTo("a");
  }

  private static List<String> keys(Gathering gathering) {
    var keys = new ArrayList<String>();
    gathering.forEach((key, arc) -> keys.add(key));
    return keys;
  }

  @Test
  void spansNameASetAndWhatIsNoneNamesNothing() {
    var arcs = new BitSet();
    arcs.set(0);
    arcs.set(3, 7);
    arcs.set(15);
    List<Span> spans = Span.of(arcs);
    assertThat(spans).containsExactly(new Span(0, 0), new Span(3, 6), new Span(15, 15));
    assertThat(Span.set(spans, 16)).isEqualTo(arcs);
    assertThat(Span.of(new BitSet())).isEmpty();
    for (List<Span> broken :
        List.of(
            List.of(new Span(-1, 2)),
            List.of(new Span(3, 2)),
            List.of(new Span(0, 16)),
            List.of(new Span(0, 3), new Span(3, 4)),
            List.of(new Span(0, Integer.MAX_VALUE)))) {
      assertThat(Span.set(broken, 16).isEmpty()).as("%s", broken).isTrue();
    }
  }
}
