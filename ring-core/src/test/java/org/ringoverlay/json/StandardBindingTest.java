package org.ringoverlay.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

class StandardBindingTest {

  private static final long SEED = 20_260_306L;

  enum Colour {
    RED,
    GREEN
  }

  @SuppressWarnings("ArrayRecordComponent") // Arrays are among what is tested.
  record Everything(
      byte b,
      short s,
      int i,
      long l,
      float f,
      double d,
      boolean z,
      char c,
      @Nullable Integer boxed,
      BigInteger big,
      BigDecimal decimal,
      String text,
      Colour colour,
      Id id,
      Json json,
      byte[] bytes,
      Optional<Inner> optional,
      OptionalLong optionalLong,
      OptionalInt optionalInt,
      List<Inner> list,
      Map<Id, Inner> map,
      Set<Colour> set) {}

  @SuppressWarnings("ArrayRecordComponent") // Arrays are among what is tested.
  record Inner(String name, int[] numbers) {}

  record Primitives(
      byte b, short s, int i, long l, float f, double d, boolean z, char c, Optional<String> o) {}

  record Holder(@Nullable Json json) {}

  record Person(String name, int age) {
    Person {
      Objects.requireNonNull(name, "a person has a name");
      if (age < 0) {
        throw new IllegalArgumentException("an age is not negative");
      }
    }
  }

  record Empty() {}

  record Self(@Nullable Self self) {}

  @Test
  void everyKindOfComponentComesBack() {
    Id id = Id.of("x");
    Everything all =
        new Everything(
            (byte) -1,
            Short.MIN_VALUE,
            Integer.MAX_VALUE,
            Long.MIN_VALUE,
            1.5f,
            0.1,
            true,
            'ü',
            null,
            BigInteger.TWO.pow(200),
            new BigDecimal("1.50"),
            "a\"b\\\u0001\ud83d\ude00",
            Colour.GREEN,
            id,
            Json.parse("{ \"x\" : 1.0 }"),
            new byte[] {0, -1},
            Optional.of(new Inner("n", new int[] {1, -2})),
            OptionalLong.of(5),
            OptionalInt.empty(),
            List.of(new Inner("m", new int[0])),
            Map.of(id, new Inner("o", new int[] {7})),
            Set.of(Colour.RED));
    Json json = Json.of(all);
    Everything back = json.as(Everything.class);
    assertThat(Json.of(back)).isEqualTo(json);
    assertThat(back).usingRecursiveComparison().isEqualTo(all);
    assertThat(json.at("/id").orElseThrow()).hasToString("\"" + id + "\"");
    assertThat(json.at("/json").orElseThrow()).hasToString("{ \"x\" : 1.0 }");
    assertThat(json.at("/optional/name").orElseThrow()).hasToString("\"n\"");
    assertThat(json.at("/boxed").orElseThrow()).hasToString("null");
  }

  @Test
  void hostile16AMissingComponentIsNullZeroFalseOrEmpty() {
    assertThat(Json.parse("{}").as(Primitives.class))
        .isEqualTo(
            new Primitives((byte) 0, (short) 0, 0, 0, 0, 0, false, (char) 0, Optional.empty()));
    assertThat(Json.parse("{}").as(Inner.class).name()).isNull();
    assertThat(Json.parse("{}").as(Holder.class).json()).isNull();
    assertThat(Json.parse("{\"json\":null}").as(Holder.class).json()).isEqualTo(Json.of(null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "s", "i", "l", "f", "d", "z", "c"})
  void hostile16AnExplicitNullForAPrimitiveIsAnError(String name) {
    assertThat(refusal("{\"" + name + "\":null}", Primitives.class))
        .contains("Primitives")
        .contains("/" + name)
        .contains("null");
  }

  @Test
  void hostile16UnknownFieldsAreIgnored() {
    assertThat(
            Json.parse("{\"x\":{\"name\":[1]},\"name\":\"n\",\"age\":3,\"y\":1e999999999}")
                .as(Person.class))
        .isEqualTo(new Person("n", 3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"i\":1,\"i\":2}", "{\"i\":1,\"\\u0069\":1}", "{\"x\":1,\"i\":1,\"x\":1}"})
  void hostile16DuplicateFieldsAreRefused(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .isThrownBy(() -> JsonBinding.standard().read(bytes, 0, bytes.length, Primitives.class))
        .withMessageContaining("twice");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "i|\"1\"",
        "i|1.0",
        "i|1e0",
        "i|true",
        "i|[]",
        "i|[1]",
        "i|{}",
        "i|\"\"",
        "i|2147483648",
        "i|-2147483649",
        "l|9223372036854775808",
        "l|\"9\"",
        "b|128",
        "b|-129",
        "b|255",
        "s|32768",
        "s|1.5",
        "f|1e39",
        "f|\"NaN\"",
        "f|\"1\"",
        "d|1e309",
        "d|-1e309",
        "d|\"Infinity\"",
        "d|\"\"",
        "d|true",
        "z|1",
        "z|0",
        "z|\"true\"",
        "z|\"\"",
        "c|\"ab\"",
        "c|\"\"",
        "c|65",
        "o|1",
        "o|true",
        "o|{}",
        "o|[]"
      })
  void hostile16WrongTypedFieldsAreErrorsAndNeverConverted(String name, String value) {
    assertThat(refusal("{\"" + name + "\":" + value + "}", Primitives.class))
        .startsWith("does not fit Primitives at /" + name + ": ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1.5", "true", "[]", "{}", "[\"x\"]"})
  void whatIsNoTextDoesNotBecomeOne(String value) {
    assertThat(refusal(value, String.class)).startsWith("does not fit String");
    assertThat(refusal("{\"name\":" + value + "}", Inner.class)).contains("/name");
    assertThat(refusal("[" + value + "]", String[].class)).contains("String");
  }

  @Test
  void emptyTextIsNoNullAndNoRecord() {
    assertThat(Json.parse("\"\"").as(String.class)).isEmpty();
    refusal("\"\"", Inner.class);
    refusal("[]", Inner.class);
    refusal("\"\"", Integer.class);
    refusal("\"\"", Colour.class);
    refusal("\"\"", List.class);
    refusal("\"\"", Map.class);
    refusal("[]", Map.class);
    assertThat((Object) Json.parse("[]").as(List.class)).isEqualTo(List.of());
  }

  @Test
  void constantsAreReadByTheirNameAlone() {
    assertThat(Json.parse("\"RED\"").as(Colour.class)).isEqualTo(Colour.RED);
    assertThat(refusal("\"\\u001b[31mBLUE\"", Colour.class))
        .endsWith("expected is one of RED, GREEN");
    refusal("0", Colour.class);
    refusal("\"red\"", Colour.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "-1e999999999", "1E+999999999", "1.5e2147483648"})
  void hostile15HugeExponentsFitNoNumericType(String number) {
    for (Class<?> type :
        List.of(
            byte.class,
            short.class,
            int.class,
            long.class,
            float.class,
            double.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigInteger.class,
            BigDecimal.class,
            Number.class,
            Object.class,
            char.class,
            boolean.class,
            OptionalLong.class,
            OptionalInt.class)) {
      refusal(number, type);
    }
    for (Class<?> array :
        List.of(
            int[].class, long[].class, float[].class, double[].class, Object[].class, List.class)) {
      refusal("[" + number + "]", array);
    }
    refusal("{\"x\":" + number + "}", Map.class);
  }

  @Test
  void hostile15TinyExponentsAreZeroOrAnError() {
    assertThat(Json.parse("1e-999999999").as(double.class)).isZero();
    refusal("1e-999999999", BigDecimal.class);
    refusal("1e-999999999", BigInteger.class);
  }

  @Test
  void hostile15ALongNumberWithinTheLimitIsReadExactly() {
    String digits = "9".repeat(Json.NUMBER_CHARS_MAX);
    assertThat(Json.parse(digits).as(BigInteger.class)).hasToString(digits);
    assertThat(Json.parse(digits).as(BigDecimal.class)).hasToString(digits);
    refusal(digits, double.class);
    refusal(digits, long.class);
  }

  @Test
  void untypedValuesBecomeMapsListsAndNumbers() {
    assertThat(Json.parse("{\"b\":[1,2.5,null,true,\"x\"],\"a\":{}}").as(Object.class))
        .isEqualTo(
            new LinkedHashMap<>(Map.of("b", listOf(1, 2.5, null, true, "x"), "a", Map.of())));
    assertThat(Json.parse("9223372036854775808").as(Object.class))
        .isEqualTo(BigInteger.TWO.pow(63));
  }

  @Test
  void nullIsAnErrorButForTypesThatKnowIt() {
    assertThat(refusal("null", String.class)).isEqualTo("null does not fit String");
    refusal("null", int.class);
    refusal("null", Person.class);
    assertThat((Object) Json.of(null).as(Optional.class)).isEqualTo(Optional.empty());
    assertThat(Json.of(null).as(Json.class).isNull()).isTrue();
    assertThat(Json.of(null).as(Void.class)).isNull();
  }

  @Test
  void aRecordThatRefusesItsValuesIsInvalidInput() {
    assertThat(refusal("{\"name\":\"n\",\"age\":-1}", Person.class))
        .isEqualTo("does not fit Person: an age is not negative");
    assertThat(refusal("[{\"age\":1}]", Person[].class)).endsWith("a person has a name");
  }

  @Test
  void anIdIsItsDigitsAndNothingElse() {
    assertThat(Json.parse("\"" + Id.MAX + "\"").as(Id.class)).isEqualTo(Id.MAX);
    refusal("\"" + "F".repeat(40) + "\"", Id.class);
    refusal("\"\"", Id.class);
    refusal("0", Id.class);
    refusal("{\"map\":{\"xyz\":null}}", Everything.class);
  }

  @Test
  void emptyRecordsAreEmptyObjects() {
    assertThat(Json.of(new Empty())).hasToString("{}");
    assertThat(Json.parse("{\"later\":1}").as(Empty.class)).isEqualTo(new Empty());
  }

  @Test
  void mapsAreWrittenInTheOrderOfTheirNames() {
    Map<String, Integer> map = new LinkedHashMap<>();
    map.put("b", 1);
    map.put("a", 2);
    assertThat(Json.of(map)).hasToString("{\"a\":2,\"b\":1}");
  }

  @Test
  void whatHasNoJsonFormIsInvalidInput() {
    for (Object value :
        List.of(
            Double.NaN,
            Float.POSITIVE_INFINITY,
            List.of(Double.NEGATIVE_INFINITY),
            new double[] {Double.NaN},
            "\ud800",
            "x\udc00y",
            "\\\ud83d",
            "a".repeat(9_000) + "\udc00",
            Map.of("\udfff", 1))) {
      assertThatExceptionOfType(RingException.InvalidInput.class)
          .as("%s", value)
          .isThrownBy(() -> JsonBinding.standard().write(value));
    }
    Object deep = List.of();
    for (int i = 0; i < 100; i++) {
      deep = List.of(deep);
    }
    Object tooDeep = deep;
    assertThatExceptionOfType(RingException.InvalidInput.class).isThrownBy(() -> Json.of(tooDeep));
    List<Object> loop = new ArrayList<>();
    loop.add(loop);
    assertThatExceptionOfType(RingException.InvalidInput.class).isThrownBy(() -> Json.of(loop));
  }

  @Test
  void pairsOfSurrogatesAndEscapedPairsAreFine() {
    Json escaped = Json.parse("\"\\ud83d\\uDE00\"");
    Json json = Json.of(List.of("\ud83d\ude00", "\\ud800", escaped));
    assertThat(json).hasToString("[\"\ud83d\ude00\",\"\\\\ud800\"," + escaped + "]");
    assertThat(escaped.as(String.class)).isEqualTo("\ud83d\ude00");
  }

  @Test
  void aTypeThatCannotBeBoundIsTheCallersMistake() {
    assertThatIllegalArgumentException().isThrownBy(() -> Json.of(new Object()));
    assertThatIllegalArgumentException().isThrownBy(() -> Json.parse("{}").as(Runnable.class));
    assertThatIllegalArgumentException().isThrownBy(() -> Json.of(Duration.ofSeconds(1)));
  }

  @Test
  void embeddedValuesComeBackByteForByteWhereverTheyStand() {
    SplittableRandom random = new SplittableRandom(SEED);
    record Pair(String before, Json first, int between, Json second, List<Json> many) {}
    for (int round = 0; round < 5_000; round++) {
      RandomJson values = new RandomJson(random);
      String first = values.value(6);
      String second = values.value(6);
      List<String> many = List.of(values.value(3), values.value(3));
      String text =
          values.object(
              List.of("before", "unknown", "first", "between", "second", "many"),
              List.of(
                  "\"b\"",
                  values.value(3),
                  first,
                  "7",
                  second,
                  "[" + values.blank() + many.get(0) + "," + many.get(1) + values.blank() + "]"));
      byte[] frame = ("xyz" + text + "}]").getBytes(StandardCharsets.UTF_8);
      Pair pair = JsonBinding.standard().read(frame, 3, frame.length - 5, Pair.class);
      String replay = "seed " + SEED + ", round " + round + ": " + text;
      assertThat(pair.first()).as(replay).hasToString(first);
      assertThat(pair.second()).as(replay).hasToString(second);
      assertThat(pair.between()).as(replay).isEqualTo(7);
      assertThat(pair.many().stream().map(Json::toString)).as(replay).isEqualTo(many);
      assertThat(Json.of(pair).as(Pair.class)).as(replay).isEqualTo(pair);
    }
  }

  @Test
  void theDeepestValueStillFitsIntoAMessage() {
    String deepest = "[".repeat(Json.DEPTH_MAX) + "]".repeat(Json.DEPTH_MAX);
    byte[] message = JsonBinding.standard().write(new Holder(Json.parse(deepest)));
    assertThat(JsonBinding.standard().read(message, 0, message.length, Holder.class).json())
        .hasToString(deepest);
    byte[] tooDeep = ("{\"json\":[" + deepest + "]}").getBytes(StandardCharsets.UTF_8);
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .isThrownBy(() -> JsonBinding.standard().read(tooDeep, 0, tooDeep.length, Holder.class));
  }

  private static List<@Nullable Object> listOf(@Nullable Object... elements) {
    return Arrays.asList(elements);
  }

  /**
   * The message with which the standard binding refuses the text, both checked and unchecked
   * before.
   */
  private static String refusal(String text, Class<?> type) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String[] messages = new String[2];
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .as("%s as %s", text, type)
        .isThrownBy(() -> JsonBinding.standard().read(bytes, 0, bytes.length, type))
        .withNoCause()
        .satisfies(error -> messages[0] = error.getMessage());
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .as("%s as %s", text, type)
        .isThrownBy(() -> Json.parse(text).as(type))
        .satisfies(error -> messages[1] = error.getMessage());
    assertThat(messages[0]).isEqualTo(messages[1]);
    return messages[0];
  }
}
