package org.ringoverlay.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;

class GrammarTest {

  private static final long SEED = 20_260_307L;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "]",
        "}",
        "{]",
        "[}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{\"a\" 1}",
        "[1",
        "{\"a\":1",
        "1 2",
        "[] []",
        "{}x",
        "nul",
        "nulll",
        "NULL",
        "True",
        "tru",
        "fals",
        "falsy",
        "NaN",
        "Infinity",
        "-Infinity",
        "undefined",
        "01",
        "-01",
        "00",
        "-",
        "+1",
        ".5",
        "5.",
        "-.5",
        "1e",
        "1e+",
        "1.e5",
        "0x10",
        "1_000",
        "1,",
        "\"",
        "\"abc",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\U0041\"",
        "\"\\u００４１\"",
        "'a'",
        "// c\n1",
        "/* c */1",
        "1//",
        "\u000b1",
        "\u00a01",
        "[1]\u0000",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"\u0000\"",
        "\"\u001f\"",
        "--1",
        "1.2.3",
        "1e5.5",
        "\u00001",
        "[\u0000]"
      })
  void whatTheGrammarDoesNotKnowIsRefused(String text) {
    refused(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        " \t\r\n1 \t\r\n",
        "-0",
        "0.0",
        "-0.0e-0",
        "1E+10",
        "\"\"",
        "\"\\u0000\"",
        "\"\u007f\"",
        "\"\\/\\b\\f\\n\\r\\t\\\"\\\\\"",
        "[[],{},[[]]]",
        "{\"\":{\"\":1}}",
        "[true,false,null]",
        "\"\\uD834\\uDD1E\"",
        "\"\ud834\udd1e\"",
        "\"\uffff\ufdd0\"",
        "{\"a\":1,\"A\":2,\"\\u00e4\":3}"
      })
  void whatTheGrammarKnowsIsAccepted(String text) {
    assertThatCode(() -> Json.parse(text)).doesNotThrowAnyException();
  }

  @Test
  void everyRandomValueIsAcceptedAndEveryPrefixOfAContainerRefused() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 3_000; round++) {
      String text = "[" + new RandomJson(random).value(8) + "]";
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertThatCode(() -> Json.parse(bytes))
          .as("seed %d: %s", SEED, text)
          .doesNotThrowAnyException();
      int cut = random.nextInt(bytes.length);
      assertThatExceptionOfType(RingException.InvalidInput.class)
          .as("seed %d, %d of %s", SEED, cut, text)
          .isThrownBy(() -> Json.parse(bytes, 0, cut));
    }
  }

  @Test
  void damagedValuesAreNeverAcceptedWhereAnotherStrictParserRefuses() throws IOException {
    JsonFactory strict =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    SplittableRandom random = new SplittableRandom(SEED);
    int accepted = 0;
    for (int round = 0; round < 30_000; round++) {
      byte[] bytes = new RandomJson(random).value(5).getBytes(StandardCharsets.UTF_8);
      for (int i = random.nextInt(3); i >= 0; i--) {
        String spice = "{}[],:\"\\ 0-.eEu/\n";
        bytes[random.nextInt(bytes.length)] =
            random.nextInt(4) == 0
                ? (byte) random.nextInt()
                : (byte) spice.charAt(random.nextInt(spice.length()));
      }
      if (isAccepted(bytes)) {
        accepted++;
        assertThat(strictlyReadable(strict, bytes))
            .as("seed %d, round %d: %s", SEED, round, HexFormat.of().formatHex(bytes))
            .isTrue();
      }
    }
    assertThat(accepted).isBetween(1_000, 29_000);
  }

  @Test
  void hostile17ExactlyTheBytesThatAreUtf8AreAcceptedInAString() {
    // Every sequence of up to three bytes, and of four by their interesting values.
    List<byte[]> sequences = new ArrayList<>();
    int[] seconds = {0x00, 0x20, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    for (int lead = 0x80; lead <= 0xff; lead++) {
      sequences.add(new byte[] {(byte) lead});
      for (int second : seconds) {
        sequences.add(new byte[] {(byte) lead, (byte) second});
        for (int third : seconds) {
          sequences.add(new byte[] {(byte) lead, (byte) second, (byte) third});
          // Only these lead four bytes, or would if there were code points that far.
          for (int fourth : lead < 0xf0 ? new int[0] : seconds) {
            sequences.add(new byte[] {(byte) lead, (byte) second, (byte) third, (byte) fourth});
          }
        }
      }
    }
    int valid = 0;
    for (byte[] sequence : sequences) {
      boolean control = false;
      for (byte b : sequence) {
        control |= b >= 0 && b < ' ';
      }
      boolean expected = !control && isUtf8(sequence);
      valid += expected ? 1 : 0;
      // At the very end of the input, in the middle of eight plain bytes, and in a name.
      for (String around : List.of("\"|\"", "\"abcdefgh|ijklmnopq\"", "{\"|\":1}")) {
        byte[] text = around.getBytes(StandardCharsets.UTF_8);
        int place = around.indexOf('|');
        byte[] bytes =
            ByteBuffer.allocate(text.length - 1 + sequence.length)
                .put(text, 0, place)
                .put(sequence)
                .put(text, place + 1, text.length - place - 1)
                .array();
        assertThat(isAccepted(bytes)).as(() -> HexFormat.of().formatHex(bytes)).isEqualTo(expected);
      }
    }
    assertThat(valid).isGreaterThan(500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "efbbbf31",
        "feff0031",
        "fffe3100",
        "00310000",
        "31000000",
        "0000feff00000031",
        "00",
        "80",
        "c0a2",
        "22c080",
        "22ed",
        "22edb08022",
        "22eda08022",
        "22eda081edb08022",
        "22f490808022",
        "22c0ae22",
        "22e0809f22",
        "22f0808080"
      })
  void hostile17OtherEncodingsMarksAndBrokenBytesAreRefused(String hex) {
    refused(HexFormat.of().parseHex(hex));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800x\"",
        "\"\\ud800\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\ud800\\n\"",
        "\"\\ud800\\u\"",
        "\"\\ud800\\udc0\"",
        "{\"\\uDBFF\":1}"
      })
  void hostile17EscapedSurrogatesThatStandAloneAreRefused(String text) {
    refused(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void hostile17TextWithALoneSurrogateIsRefused() {
    for (String text : List.of("\"\ud800\"", "\"\udc00\"", "\"\udc00\ud800\"", "\"a\ud800")) {
      assertThatExceptionOfType(RingException.InvalidInput.class)
          .isThrownBy(() -> Json.parse(text));
    }
  }

  @Test
  void hostile16NamesThatAreTheSameOnceDecodedAreDuplicates() {
    for (String text :
        List.of(
            "{\"a\":1,\"a\":1}",
            "{\"a\":1,\"\\u0061\":1}",
            "{\"\\u0061\":1,\"a\":1}",
            "{\"ü\":1,\"\\u00fc\":1}",
            "{\"\":1,\"b\":{\"x\":[{\"\":1,\"\":2}]}}",
            "{\"a\\/\":1,\"a/\":1}")) {
      assertThat(refused(text.getBytes(StandardCharsets.UTF_8))).contains("twice");
    }
    assertThat(
            isAccepted(
                "{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]},\"b\":{\"a\":1}}"
                    .getBytes(StandardCharsets.UTF_8)))
        .isTrue();
  }

  @Test
  void hostile16ADuplicateIsFoundAmongAnyNumberOfNames() {
    for (int count : List.of(1, 2, 23, 24, 25, 26, 100, 5_000)) {
      StringBuilder names = new StringBuilder("{");
      for (int i = 0; i < count; i++) {
        names.append("\"n").append(i).append("\":{\"n0\":0},");
      }
      String unique = names + "\"last\":1}";
      assertThat(isAccepted(unique.getBytes(StandardCharsets.UTF_8))).as("%d", count).isTrue();
      for (int again : List.of(0, count / 2, count - 1)) {
        refused((names + "\"n" + again + "\":1}").getBytes(StandardCharsets.UTF_8));
        refused((names + "\"\\u006e" + again + "\":1}").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static boolean isAccepted(byte[] bytes) {
    try {
      Json.parse(bytes);
      return true;
    } catch (RingException.InvalidInput e) {
      return false;
    }
  }

  private static boolean strictlyReadable(JsonFactory factory, byte[] bytes) {
    try (JsonParser parser = factory.createParser(bytes)) {
      int tokens = 0;
      int depth = 0;
      while (parser.nextToken() != null) {
        tokens += depth == 0 ? 1 : 0;
        depth += parser.currentToken().isStructStart() ? 1 : 0;
        depth -= parser.currentToken().isStructEnd() ? 1 : 0;
        if (parser.currentToken().isScalarValue()) {
          parser.getText();
        }
      }
      return tokens == 1 && depth == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static String refused(byte[] bytes) {
    String[] message = new String[1];
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .as(new String(bytes, StandardCharsets.UTF_8))
        .isThrownBy(() -> Json.parse(bytes))
        .satisfies(error -> assertThat(error.code()).isEqualTo("invalid-input"))
        .satisfies(error -> message[0] = error.getMessage());
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .isThrownBy(() -> JsonBinding.standard().read(bytes, 0, bytes.length, Object.class));
    return message[0];
  }
}
