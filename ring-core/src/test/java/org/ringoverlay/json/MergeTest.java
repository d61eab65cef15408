package org.ringoverlay.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

class MergeTest {

  private static final long SEED = 20_260_308L;

  private static final Second.Order NEWER =
      new Second.Order(
          "Ada",
          "SPRING",
          new Second.Address("Bern", "CH", new Second.Point(46.9, 7.4)),
          List.of(new Second.Line("tea", 1, true), new Second.Line("mug", 2, false)),
          Map.of("t", new Second.Line("tea", 1, true), "m", new Second.Line("mug", 2, false)),
          new Second.Card("4242", "12/30"),
          new Second.Audit("import", List.of("a", "b")));

  @Test
  void anOldNodeReturnsTheFieldsItHasNeverHeardOf() {
    Json stored = Json.of(NEWER);
    First.Order seen = stored.as(First.Order.class);
    First.Order changed =
        new First.Order(
            "Grace",
            new First.Address("Basel"),
            List.of(new First.Line("tea", 3), seen.lines().get(1)),
            Map.of("t", new First.Line("tea", 9)),
            new First.Card("9999"));
    Second.Order back = stored.merge(changed).as(Second.Order.class);
    assertThat(back)
        .isEqualTo(
            new Second.Order(
                "Grace",
                "SPRING",
                new Second.Address("Basel", "CH", new Second.Point(46.9, 7.4)),
                List.of(new Second.Line("tea", 3, true), new Second.Line("mug", 2, false)),
                Map.of("t", new Second.Line("tea", 9, true)),
                new Second.Card("9999", "12/30"),
                new Second.Audit("import", List.of("a", "b"))));
  }

  @Test
  void writingBackUnchangedChangesNothing() {
    Json stored = Json.of(NEWER);
    assertThat(stored.merge(stored.as(First.Order.class))).isEqualTo(stored);
    assertThat(stored.merge(NEWER)).isEqualTo(stored);
  }

  @Test
  void aVariantThatChangedIsReplacedWhole() {
    Json stored = Json.of(NEWER);
    First.Order seen = stored.as(First.Order.class);
    Json merged =
        stored.merge(
            new First.Order(
                seen.customer(), seen.address(), seen.lines(), seen.byName(), new First.Cash(5)));
    assertThat(merged.at("/payment").orElseThrow()).hasToString("{\"type\":\"cash\",\"cents\":5}");
    assertThat(merged.at("/audit")).isEqualTo(stored.at("/audit"));
    assertThat(Json.parse("{\"number\":\"1\",\"x\":2}").merge(new First.Card("3")))
        .hasToString("{\"type\":\"card\",\"number\":\"3\"}");
  }

  @Test
  void aListOfAnotherLengthIsReplacedWhole() {
    @SuppressWarnings("ArrayRecordComponent") // Arrays are what is tested.
    record Lines(List<First.Line> lines, First.Line[] array) {}
    Json stored =
        Json.parse(
            "{\"lines\":[{\"product\":\"a\",\"count\":1,\"x\":1}],\"array\":[{\"product\":\"a\",\"count\":1,\"x\":1}]}");
    First.Line line = new First.Line("b", 2);
    assertThat(stored.merge(new Lines(List.of(line, line), new First.Line[0])))
        .hasToString(
            "{\"lines\":[{\"product\":\"b\",\"count\":2},{\"product\":\"b\",\"count\":2}],\"array\":[]}");
    assertThat(stored.merge(new Lines(List.of(line), new First.Line[] {line})))
        .hasToString(
            "{\"lines\":[{\"product\":\"b\",\"count\":2,\"x\":1}],\"array\":[{\"product\":\"b\",\"count\":2,\"x\":1}]}");
  }

  @Test
  void whatWasRemovedFromAMapStaysRemoved() {
    record Labels(Map<String, String> labels, Map<Id, First.Line> byId) {}
    String id = Id.MAX.toString();
    Json stored =
        Json.parse(
            "{\"labels\":{\"a\":\"1\",\"b\":\"2\"},\"byId\":{\""
                + id
                + "\":{\"x\":1},\""
                + Id.ZERO
                + "\":{}}}");
    assertThat(stored.merge(new Labels(Map.of("b", "3"), Map.of(Id.MAX, new First.Line("p", 1)))))
        .hasToString(
            "{\"labels\":{\"b\":\"3\"},\"byId\":{\""
                + id
                + "\":{\"x\":1,\"product\":\"p\",\"count\":1}}}");
    assertThat(Json.parse("{\"a\":1,\"b\":2}").merge(Map.of("a", 3))).hasToString("{\"a\":3}");
  }

  @Test
  void aKnownFieldThatBecameNullIsNull() {
    assertThat(Json.of(NEWER).merge(new Second.Address("x", "y", null)).at("/point").orElseThrow())
        .hasToString("null");
    record Maybe(Optional<First.Line> line) {}
    Json stored = Json.parse("{\"line\":{\"product\":\"p\",\"count\":1,\"x\":[ 1.0 ]}}");
    assertThat(stored.merge(new Maybe(Optional.empty()))).hasToString("{\"line\":null}");
    assertThat(stored.merge(new Maybe(Optional.of(new First.Line("q", 2)))))
        .hasToString("{\"line\":{\"product\":\"q\",\"count\":2,\"x\":[ 1.0 ]}}");
  }

  @Test
  void unknownFieldsKeepTheirPlaceAndTheirSpelling() {
    assertThat(
            Json.parse("{ \"\\u0078\" : 1.50E+1 , \"count\":1,\"y\":[ null ],\"product\":\"a\" }")
                .merge(new First.Line("b", 2)))
        .hasToString("{\"\\u0078\":1.50E+1,\"count\":2,\"y\":[ null ],\"product\":\"b\"}");
  }

  @Test
  void aFieldIsKnownHoweverItsNameWasEscaped() {
    assertThat(Json.parse("{\"\\u0063ount\":1}").merge(new First.Line("b", 2)))
        .hasToString("{\"\\u0063ount\":2,\"product\":\"b\"}");
  }

  @Test
  void aPlainRecordsOwnFieldCalledTypeIsData() {
    record Plain(String type) {}
    assertThat(Json.parse("{\"type\":\"a\",\"x\":1}").merge(new Plain("b")))
        .hasToString("{\"type\":\"b\",\"x\":1}");
  }

  @Test
  void whatIsNoObjectIsReplaced() {
    First.Line line = new First.Line("b", 2);
    for (String old : List.of("null", "1", "\"x\"", "[]", "[{\"x\":1}]")) {
      assertThat(Json.parse(old).merge(line)).isEqualTo(Json.of(line));
    }
    for (Object value : List.of(1, "x", List.of(1), true, Json.parse("{ }"), Set.of(1))) {
      assertThat(Json.of(NEWER).merge(value)).isEqualTo(Json.of(value));
    }
    assertThat(Json.of(NEWER).merge(null)).isEqualTo(Json.of(null));
    record Holder(Json json) {}
    assertThat(Json.parse("{\"json\":{\"a\":1}}").merge(new Holder(Json.parse("{\"b\":2}"))))
        .hasToString("{\"json\":{\"b\":2}}");
  }

  @Test
  void recordsInListsOfListsAndMapsOfListsAreReached() {
    record Deep(List<List<First.Line>> lists, Map<String, List<Optional<First.Line>>> maps) {}
    First.Line line = new First.Line("b", 2);
    assertThat(
            Json.parse("{\"lists\":[[{\"x\":1}]],\"maps\":{\"k\":[{\"y\":2}]}}")
                .merge(new Deep(List.of(List.of(line)), Map.of("k", List.of(Optional.of(line))))))
        .hasToString(
            "{\"lists\":[[{\"x\":1,\"product\":\"b\",\"count\":2}]],"
                + "\"maps\":{\"k\":[{\"y\":2,\"product\":\"b\",\"count\":2}]}}");
  }

  @Test
  void unknownFieldsOfAnyKindSurviveAnyNumberOfUpdates() {
    record Known(int count, Inner inner) {
      record Inner(String text) {}
    }
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 2_000; round++) {
      RandomJson values = new RandomJson(random);
      Map<String, String> unknown = new LinkedHashMap<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        unknown.put("u" + i, values.value(5));
      }
      String innerUnknown = values.value(4);
      List<String> names = new ArrayList<>(unknown.keySet());
      List<String> texts = new ArrayList<>(unknown.values());
      int place = random.nextInt(names.size() + 1);
      names.add(place, "inner");
      texts.add(place, "{\"w\":" + innerUnknown + ",\"text\":\"a\"}");
      Json json = Json.parse(values.object(names, texts));
      String replay = "seed " + SEED + ", round " + round + ": " + json;
      for (int update = 0; update < 3; update++) {
        json = json.merge(new Known(update, new Known.Inner("t" + update)));
        assertThat(json.as(Known.class))
            .as(replay)
            .isEqualTo(new Known(update, new Known.Inner("t" + update)));
        for (Map.Entry<String, String> field : unknown.entrySet()) {
          assertThat(json.at("/" + field.getKey()).orElseThrow())
              .as(replay)
              .hasToString(field.getValue());
        }
        assertThat(json.at("/inner/w").orElseThrow()).as(replay).hasToString(innerUnknown);
      }
    }
  }

  @Test
  void theBindingChecksTheOldBytesItself() {
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .isThrownBy(() -> JsonBinding.standard().merge(new byte[] {'{'}, new First.Line("a", 1)));
    assertThat(JsonBinding.standard().merge("{\"x\":1}".getBytes(StandardCharsets.UTF_8), Map.of()))
        .asString()
        .isEqualTo("{}");
  }
}
