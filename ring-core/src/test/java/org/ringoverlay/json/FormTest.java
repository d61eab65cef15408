package org.ringoverlay.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/** What forms write and read is what Jackson writes and reads, wherever they do not give up. */
class FormTest {
  private static final StandardBinding BINDING = StandardBinding.INSTANCE;
  private static final int ROUNDS = 20_000;

  enum Colour {
    RED,
    GREEN
  }

  sealed interface Shape {}

  record Circle(int radius, @Nullable Colour colour) implements Shape {}

  record Square(
      int side,
      @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
          @Nullable Colour colour)
      implements Shape {}

  record Group(List<Shape> shapes, @Nullable Group next) implements Shape {}

  record Nothing() implements Shape {}

  record All(
      long number,
      int count,
      boolean yes,
      @Nullable String text,
      @Nullable Id id,
      @Nullable Json json,
      @Nullable List<Integer> counts,
      @Nullable List<String> texts,
      @Nullable Shape shape,
      @Nullable Long longOrNull,
      @Nullable Integer intOrNull,
      @Nullable Boolean booleanOrNull) {}

  @Sparse
  record Thin(
      long number,
      boolean yes,
      @Nullable String text,
      @Nullable Json json,
      @Nullable List<Integer> counts,
      @Nullable Colour colour,
      @Nullable Shape shape,
      @Nullable Thin next)
      implements Shape {}

  @Sparse
  record ThinAndBoxed(@Nullable Long number) {}

  @Sparse
  record ThinAndUnsure(@Nullable Boolean yes) {}

  record Refuses(int count) {
    Refuses {
      if (count > 9) {
        throw new IllegalArgumentException("too many");
      }
    }
  }

  record Renamed(@JsonProperty("n") int count) {}

  record WithNumberForConstant(@JsonFormat(shape = JsonFormat.Shape.NUMBER) Colour colour) {}

  record HasGetter(int count) {
    public boolean isBig() {
      return count > 9;
    }
  }

  record WithDouble(double share) {}

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object byForm(String text, Class<?> type) {
    return BINDING.readPlain(utf8(text), 0, type);
  }

  @Test
  void plainRecordsAreWrittenAsJacksonWritesThem() {
    var random = new SplittableRandom(1);
    for (int round = 0; round < ROUNDS; round++) {
      All value = all(random);
      byte[] plain = BINDING.writePlain(value);
      assertThat(plain).isNotNull();
      assertThat(new String(plain, StandardCharsets.UTF_8))
          .isEqualTo(new String(BINDING.writeByJackson(value), StandardCharsets.UTF_8));
    }
  }

  @Test
  void plainRecordsAreReadAsJacksonReadsThem() {
    var random = new SplittableRandom(2);
    for (int round = 0; round < ROUNDS; round++) {
      All value = all(random);
      byte[] written = BINDING.writeByJackson(value);
      All read = BINDING.readPlain(written, 0, All.class);
      assertThat(read).isNotNull();
      assertThat(read).isEqualTo(BINDING.readByJackson(written, 0, written.length, All.class));
    }
  }

  @Test
  void whateverBecomesOfTheBytesAFormReadsWhatJacksonReadsOrGivesUp() {
    var random = new SplittableRandom(3);
    int readByBoth = 0;
    for (int round = 0; round < 5 * ROUNDS; round++) {
      byte[] mangled = mangled(BINDING.writeByJackson(all(random)), random);
      try {
        Grammar.check(mangled, 0, mangled.length, StandardBinding.MESSAGE_DEPTH_MAX);
      } catch (RingException.InvalidInput noJson) {
        continue;
      }
      All plain = BINDING.readPlain(mangled, 0, All.class);
      if (plain != null) {
        readByBoth++;
        assertThat(plain).isEqualTo(BINDING.readByJackson(mangled, 0, mangled.length, All.class));
      }
    }
    assertThat(readByBoth).isGreaterThan(ROUNDS / 10);
  }

  private static byte[] mangled(byte[] bytes, SplittableRandom random) {
    String alphabet = "0123456789-+.eE\"\\{}[]:, ntfrulase";
    byte[] mangled = bytes.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(mangled.length);
      switch (random.nextInt(3)) {
        case 0 -> mangled[at] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        case 1 -> mangled[at] = mangled[random.nextInt(mangled.length)];
        default -> mangled[at] = ' ';
      }
    }
    return mangled;
  }

  private static All all(SplittableRandom random) {
    return new All(
        number(random),
        (int) number(random),
        random.nextBoolean(),
        random.nextBoolean() ? text(random) : null,
        random.nextBoolean() ? Id.of(text(random)) : null,
        random.nextBoolean() ? Json.parse("{\"a\": [1, \"]}\"]}") : Json.of(null),
        random.nextBoolean() ? List.of(1, 2, random.nextInt()) : null,
        random.nextBoolean() ? List.of(text(random), text(random)) : null,
        random.nextBoolean() ? shape(random, 3) : null,
        random.nextBoolean() ? number(random) : null,
        random.nextBoolean() ? (int) number(random) : null,
        random.nextInt(3) == 0 ? null : random.nextBoolean());
  }

  private static long number(SplittableRandom random) {
    return random.nextLong() >> random.nextInt(64);
  }

  private static Shape shape(SplittableRandom random, int deep) {
    if (deep == 0 || random.nextBoolean()) {
      Colour colour = random.nextBoolean() ? Colour.RED : null;
      return switch (random.nextInt(4)) {
        case 0 -> new Nothing();
        case 3 -> thin(random, deep);
        case 1 -> new Square(random.nextInt(), colour);
        default -> new Circle(random.nextInt(), colour);
      };
    }
    var shapes = new ArrayList<Shape>();
    for (int i = random.nextInt(4); i > 0; i--) {
      shapes.add(shape(random, deep - 1));
    }
    return new Group(shapes, random.nextBoolean() ? new Group(List.of(), null) : null);
  }

  private static Thin thin(SplittableRandom random, int deep) {
    return new Thin(
        random.nextBoolean() ? 0 : number(random),
        random.nextBoolean(),
        random.nextBoolean() ? "" : text(random),
        random.nextBoolean() ? null : Json.of(random.nextBoolean() ? null : 0),
        random.nextBoolean() ? List.of() : List.of(0, 1),
        random.nextBoolean() ? null : Colour.RED,
        random.nextBoolean() ? null : new Nothing(),
        deep == 0 || random.nextBoolean() ? null : thin(random, deep - 1));
  }

  private static String text(SplittableRandom random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(
          switch (random.nextInt(8)) {
            case 0 -> (char) random.nextInt(0x20);
            case 1 -> random.nextBoolean() ? '"' : '\\';
            case 2 -> (char) (0x7F + random.nextInt(0x700));
            case 3 -> (char) (0x800 + random.nextInt(0xD000));
            default -> (char) (' ' + random.nextInt(0x5F));
          });
    }
    return text.toString();
  }

  @Test
  void theLargestAndTheSmallestNumberAreWrittenAndRead() {
    for (long number : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 0, -1, 10, 99, 100}) {
      var value =
          new All(number, 0, false, null, null, Json.of(null), null, null, null, null, null, null);
      byte[] written = BINDING.writeByJackson(value);
      assertThat(BINDING.writePlain(value)).isEqualTo(written);
      assertThat(BINDING.readPlain(written, 0, All.class)).isEqualTo(value);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808",
        "-9223372036854775809",
        "9999999999999999999",
        "-9999999999999999999",
        "18446744073709551617",
        "10000000000000000000"
      })
  void aNumberThatFitsNoLongIsLeftToJackson(String number) {
    assertThat(byForm("{\"number\":" + number + "}", All.class)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"unknown\":{\"number\":[1,{}]},\"number\":3}",
        "  { \"yes\" :\ttrue , \"count\" : -0 , \"text\":\"\\u0041\\n\" }",
        "{\"shape\":{\"radius\":1,\"type\":\"circle\"}}",
        "{\"shape\":{\"more\":1,\"type\":\"nothing\"}}",
        "{\"longOrNull\": null,\"intOrNull\":null , \"booleanOrNull\":null}",
        "{\"counts\":[ ],\"texts\":[\"\",\"ü\"],\"json\":null}"
      })
  void whatIsUnusualButRegularIsRead(String text) {
    byte[] bytes = utf8(text);
    assertThat(byForm(text, All.class))
        .isNotNull()
        .isEqualTo(BINDING.readByJackson(bytes, 0, bytes.length, All.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "{\"number\":1.0}",
        "{\"longOrNull\":1.0}",
        "{\"intOrNull\":2147483648}",
        "{\"booleanOrNull\":0}",
        "{\"number\":1e3}",
        "{\"number\":null}",
        "{\"number\":9223372036854775808}",
        "{\"count\":2147483648}",
        "{\"yes\":null}",
        "{\"yes\":1}",
        "{\"text\":1}",
        "{\"id\":\"0\"}",
        "{\"n\\u0075mber\":1}",
        "{\"shape\":{}}",
        "{\"shape\":{\"type\":\"triangle\"}}",
        "{\"shape\":{\"type\":\"square\",\"colour\":\"BLUE\"}}",
        "{\"shape\":{\"type\":1}}",
        "{\"shape\":{\"type\":\"circle\",\"colour\":\"BLUE\"}}",
        "{\"counts\":[null]}",
        "{\"counts\":{}}"
      })
  void whatMayBeAnErrorIsLeftToJackson(String text) {
    assertThat(byForm(text, All.class)).isNull();
  }

  @Test
  void whatARecordRefusesIsLeftToJackson() {
    assertThat(byForm("{\"count\":9}", Refuses.class)).isEqualTo(new Refuses(9));
    assertThat(byForm("{\"count\":10}", Refuses.class)).isNull();
  }

  @Test
  void recordsThatJacksonWritesOtherwiseHaveNoForm() {
    assertThat(BINDING.writePlain(new Renamed(1))).isNull();
    assertThat(BINDING.writePlain(new HasGetter(1))).isNull();
    assertThat(BINDING.writePlain(new ThinAndBoxed(0L))).isNull();
    assertThat(BINDING.writePlain(new ThinAndUnsure(false))).isNull();
    assertThat(BINDING.writePlain(new WithNumberForConstant(Colour.RED))).isNull();
    assertThat(BINDING.writePlain(new WithDouble(1))).isNull();
    assertThat(byForm("{\"n\":1}", Renamed.class)).isNull();
    assertThat(byForm("{\"count\":1}", HasGetter.class)).isNull();
    assertThat(byForm("{\"share\":1}", WithDouble.class)).isNull();
  }

  @Test
  void aSparseRecordIsWrittenWithoutWhatIsTakenForGranted() {
    var bare = new Thin(0, false, "", null, List.of(), null, null, null);
    var full = new Thin(1, true, "x", Json.of(null), List.of(0), Colour.RED, new Nothing(), bare);

    assertThat(BINDING.writePlain(bare)).asString().isEqualTo("{\"type\":\"thin\"}");
    assertThat(BINDING.writePlain(full))
        .asString()
        .isEqualTo(
            "{\"type\":\"thin\",\"number\":1,\"yes\":true,\"text\":\"x\","
                + "\"json\":null,\"counts\":[0],\"colour\":\"RED\","
                + "\"shape\":{\"type\":\"nothing\"},\"next\":{\"type\":\"thin\"}}");
  }

  @Test
  void aLoneSurrogateIsLeftToJackson() {
    var value = new All(0, 0, false, "\ud800", null, null, null, null, null, null, null, null);
    assertThat(BINDING.writePlain(value)).isNull();
  }
}
