package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberState;

class MemberTableTest {
  private static final List<MemberState> STATES = List.of(MemberState.values());

  private static Entry draw(Random random) {
    return Facts.fact(
        Facts.node(random.nextInt(4)),
        1 + random.nextInt(3),
        1 + random.nextInt(3),
        STATES.get(random.nextInt(5)));
  }

  private static List<Entry> drawMany(Random random, int count) {
    var facts = new ArrayList<Entry>();
    for (int i = 0; i < count; i++) {
      facts.add(draw(random));
    }
    return facts;
  }

  private static MemberTable of(List<Entry> facts) {
    var table = new MemberTable(1_000);
    facts.forEach(fact -> table.merge(fact, 0));
    return table;
  }

  private static List<Entry> presentOf(MemberTable table) {
    return table.entries().stream().filter(entry -> entry.state().isPresent()).toList();
  }

  @Test
  void orderOfFactsDoesNotMatter() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      List<Entry> facts = drawMany(random, 12);
      MemberTable first = of(facts);
      for (int permutation = 0; permutation < 5; permutation++) {
        var shuffled = new ArrayList<>(facts);
        Collections.shuffle(shuffled, random);
        MemberTable second = of(shuffled);
        assertThat(second.entries()).as("seed %d", seed).isEqualTo(first.entries());
        assertThat(second.digest()).as("seed %d", seed).isEqualTo(first.digest());
      }
    }
  }

  @Test
  void tablesMergeAlikeHoweverTheyAreGrouped() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      List<Entry> a = drawMany(random, 5);
      List<Entry> b = drawMany(random, 5);
      List<Entry> c = drawMany(random, 5);
      var left = new ArrayList<>(of(join(a, b)).entries());
      left.addAll(c);
      var right = new ArrayList<>(a);
      right.addAll(of(join(b, c)).entries());
      assertThat(of(left).entries()).as("seed %d", seed).isEqualTo(of(right).entries());
    }
  }

  private static List<Entry> join(List<Entry> a, List<Entry> b) {
    var joined = new ArrayList<>(a);
    joined.addAll(b);
    return joined;
  }

  @Test
  void factsThatAreKnownChangeNothing() {
    for (int seed = 0; seed < 100; seed++) {
      List<Entry> facts = drawMany(new Random(seed), 12);
      MemberTable table = of(facts);
      List<Entry> before = table.entries();
      long digest = table.digest();
      for (Entry fact : facts) {
        assertThat(table.merge(fact, 5)).as("seed %d", seed).isNull();
      }
      assertThat(table.entries()).isEqualTo(before);
      assertThat(table.digest()).isEqualTo(digest);
    }
  }

  @Test
  void digestsAreEqualExactlyForEqualPresentFacts() {
    int equal = 0;
    for (int seed = 0; seed < 2_000; seed++) {
      var random = new Random(seed);
      MemberTable a = of(drawMany(random, 3));
      MemberTable b = of(drawMany(random, 3));
      boolean same = presentOf(a).equals(presentOf(b));
      equal += same ? 1 : 0;
      assertThat(a.digest() == b.digest()).as("seed %d", seed).isEqualTo(same);
    }
    assertThat(equal).as("both outcomes were met").isBetween(1, 1_999);
  }

  @Test
  void digestForgetsWhatTheTableForgets() {
    MemberTable table = of(List.of(Facts.fact(Facts.node(1), 1, MemberState.ALIVE)));
    long alone = table.digest();
    table.merge(Facts.fact(Facts.node(2), 1, MemberState.ALIVE), 0);
    table.forget(Facts.node(2));
    assertThat(table.digest()).isEqualTo(alone);
    table.merge(Facts.fact(Facts.node(2), 1, MemberState.DEAD), 0);
    table.forget(Facts.node(2));
    table.forget(Facts.node(3));
    assertThat(table.digest()).isEqualTo(alone);
  }

  @Test
  void laterStateWinsAtEqualVersionAndAHigherVersionOverAnyState() {
    MemberTable table = of(List.of(Facts.fact(Facts.node(1), 1, MemberState.SUSPECT)));
    assertThat(table.merge(Facts.fact(Facts.node(1), 1, MemberState.ALIVE), 0)).isNull();
    assertThat(table.merge(Facts.fact(Facts.node(1), 1, MemberState.DEAD), 0)).isNotNull();
    assertThat(table.merge(Facts.fact(Facts.node(1), 2, MemberState.ALIVE), 0)).isNotNull();
    assertThat(table.merge(Facts.fact(Facts.node(1), 2, 1, MemberState.JOINING), 0)).isNotNull();
    assertThat(table.merge(Facts.fact(Facts.node(1), 1, 99, MemberState.DEAD), 0)).isNull();
  }

  @Test
  void unsoundFactsAreRefused() {
    Json card = Json.of(Facts.card(Facts.node(1), 1));
    var table = new MemberTable(10);
    var unsound = new ArrayList<Entry>();
    unsound.add(null);
    unsound.add(new Entry(null, 1, MemberState.ALIVE));
    unsound.add(new Entry(card, 1, null));
    unsound.add(new Entry(card, 0, MemberState.ALIVE));
    unsound.add(new Entry(card, -1, MemberState.ALIVE));
    for (String json : List.of("null", "7", "{}", "[]", "{\"id\":\"zz\"}", "\"card\"")) {
      unsound.add(new Entry(Json.parse(json), 1, MemberState.ALIVE));
    }
    unsound.add(
        new Entry(
            Json.of(new MemberCard(Facts.node(1), 1, "a\nb", null, null, null)),
            1,
            MemberState.ALIVE));
    for (Entry entry : unsound) {
      assertThat(table.merge(entry, 0)).as("%s", entry).isNull();
    }
    assertThat(table.all()).isEmpty();
    assertThat(table.digest()).isZero();
  }

  @Test
  void oneMemberTooManyIsRefusedAndTheKnownOnesGoOn() {
    var table = new MemberTable(2);
    table.merge(Facts.fact(Facts.node(1), 1, MemberState.ALIVE), 0);
    table.merge(Facts.fact(Facts.node(2), 1, MemberState.ALIVE), 0);
    assertThat(table.merge(Facts.fact(Facts.node(3), 1, MemberState.ALIVE), 0)).isNull();
    assertThat(table.merge(Facts.fact(Facts.node(2), 2, MemberState.DEAD), 0)).isNotNull();
    assertThat(table.all()).hasSize(2);
    table.forget(Facts.node(2));
    assertThat(table.merge(Facts.fact(Facts.node(3), 1, MemberState.ALIVE), 0)).isNotNull();
  }

  @Test
  void cardsAreKeptAsTheirMembersWroteThem() {
    Json card =
        Json.parse(
            Json.of(Facts.card(Facts.node(1), 1))
                .toString()
                .replace("{\"id\"", "{\"new\":[1],\"id\""));
    MemberTable table = of(List.of(new Entry(card, 1, MemberState.ALIVE)));
    assertThat(table.entries().get(0).card().toString()).contains("\"new\":[1]");
  }
}
