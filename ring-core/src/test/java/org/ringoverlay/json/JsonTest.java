package org.ringoverlay.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;

class JsonTest {

  private static final String SPEC =
      """
      {"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8,
       "\\u0061bc":{"x":[[],[{"y":null}]]}, "ü":9}
      """;

  @Test
  void aValueComesBackByteForByte() {
    String text = " {\"b\" : 1.50e+01,\r\n\t\"a\":[ ] , \"\\u0063\":\"\\/\"} \n";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(Json.parse(text)).hasToString(text);
    assertThat(Json.parse(bytes).bytes()).isEqualTo(bytes);
    assertThat(Json.parse(text).size()).isEqualTo(bytes.length);
    ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
    Json.parse(text).writeTo(buffer);
    assertThat(buffer.array()).isEqualTo(bytes);
    assertThatThrownBy(() -> Json.parse(text).writeTo(ByteBuffer.allocate(3)))
        .isInstanceOf(BufferOverflowException.class);
  }

  @Test
  void nobodyCanChangeAValueFromOutside() {
    byte[] given = {'1', '2', '3'};
    Json json = Json.parse(given);
    given[0] = 'x';
    json.bytes()[1] = 'x';
    assertThat(json).hasToString("123");
  }

  @Test
  void aPartOfAnArrayIsReadWithoutItsSurroundings() {
    byte[] frame = "xx[1,2]yy".getBytes(StandardCharsets.UTF_8);
    assertThat(Json.parse(frame, 2, 5)).hasToString("[1,2]");
    assertThat(JsonBinding.standard().read(frame, 3, 1, int.class)).isEqualTo(1);
    assertThatThrownBy(() -> Json.parse(frame, 5, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> JsonBinding.standard().read(frame, -1, 2, int.class))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void valuesAreEqualWhenTheirBytesAre() {
    assertThat(Json.parse("[1]"))
        .isEqualTo(Json.of(List.of(1)))
        .hasSameHashCodeAs(Json.of(List.of(1)));
    assertThat(Json.parse("[1]")).isNotEqualTo(Json.parse("[ 1]"));
  }

  @ParameterizedTest
  @CsvSource({
    "null,null",
    "true,boolean",
    "false,boolean",
    "-1,number",
    "0,number",
    "9e9,number",
    "'\"\"',string",
    "[],array",
    "{},object",
    "' \n{}',object"
  })
  void saysWhatKindOfValueItIs(String text, String kind) {
    Json json = Json.parse(text);
    assertThat(json.isNull()).isEqualTo(kind.equals("null"));
    assertThat(json.isBoolean()).isEqualTo(kind.equals("boolean"));
    assertThat(json.isNumber()).isEqualTo(kind.equals("number"));
    assertThat(json.isString()).isEqualTo(kind.equals("string"));
    assertThat(json.isArray()).isEqualTo(kind.equals("array"));
    assertThat(json.isObject()).isEqualTo(kind.equals("object"));
  }

  @Test
  void aJsonPassesThroughAndNullIsNull() {
    Json json = Json.parse("[1]");
    assertThat(Json.of(json)).isSameAs(json);
    assertThat(json.as(Json.class)).isSameAs(json);
    assertThat(Json.of(null)).hasToString("null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      value = {
        "/foo>[\"bar\",\"baz\"]",
        "/foo/0>\"bar\"",
        "/foo/1>\"baz\"",
        "/>0",
        "/a~1b>1",
        "/c%d>2",
        "/e^f>3",
        "/g|h>4",
        "/i\\j>5",
        "/k\"l>6",
        "'/ '>7",
        "/m~0n>8",
        "/abc/x/1/0/y>null",
        "/ü>9"
      })
  void pointersFindTheirParts(String pointer, String part) {
    // The first twelve are the examples of RFC 6901, section 5.
    assertThat(Json.parse(SPEC).at(pointer).orElseThrow()).hasToString(part);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/foo/2",
        "/foo/-",
        "/foo/01",
        "/foo/+1",
        "/foo/99999999999",
        "/foo/0/x",
        "/foo/",
        "//",
        "/abc/x/1/1",
        "/m~01n",
        "/\\u0061bc"
      })
  void pointersToNothingFindNothing(String pointer) {
    assertThat(Json.parse(SPEC).at(pointer)).isEmpty();
  }

  @Test
  void theEmptyPointerIsTheWholeValue() {
    Json json = Json.parse(SPEC);
    assertThat(json.at("")).containsSame(json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"foo", "a/b", "/m~n", "/m~", "/x/~2"})
  void whatIsNoPointerIsRefused(String pointer) {
    assertThatIllegalArgumentException().isThrownBy(() -> Json.parse(SPEC).at(pointer));
  }

  @Test
  void messagesNameLineAndColumn() {
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .isThrownBy(() -> Json.parse("{\"ü\":1,\n \"é\": ?}"))
        .withMessage("not valid JSON at line 2, column 7: a value is expected");
  }

  @Test
  void theBindingItWasMadeWithIsCarriedOn() {
    JsonBinding fixed =
        new JsonBinding() {
          @Override
          public byte[] write(@Nullable Object value) {
            return "{\"by\":\"another\"}".getBytes(StandardCharsets.UTF_8);
          }

          @Override
          public <T> T read(byte[] array, int offset, int length, Class<T> type) {
            return type.cast("read " + length);
          }

          @Override
          public byte[] merge(byte[] old, @Nullable Object value) {
            return "[0]".getBytes(StandardCharsets.UTF_8);
          }
        };
    Json json = Json.of(Map.of(), fixed);
    assertThat(json).hasToString("{\"by\":\"another\"}");
    assertThat(json.as(String.class)).isEqualTo("read 16");
    assertThat(json.at("/by").orElseThrow().as(String.class)).isEqualTo("read 9");
    assertThat(json.merge(1)).hasToString("[0]");
    assertThat(json.merge(1).as(String.class)).isEqualTo("read 3");
  }

  @Test
  void aBindingThatWritesNonsenseIsFoundOut() {
    JsonBinding broken =
        new JsonBinding() {
          @Override
          public byte[] write(@Nullable Object value) {
            return new byte[] {'{'};
          }

          @Override
          public <T> T read(byte[] array, int offset, int length, Class<T> type) {
            throw new AssertionError();
          }

          @Override
          public byte[] merge(byte[] old, @Nullable Object value) {
            return new byte[0];
          }
        };
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .isThrownBy(() -> Json.of(1, broken));
    Json json = Json.parse("1", broken);
    assertThatExceptionOfType(RingException.InvalidInput.class).isThrownBy(() -> json.merge(2));
  }
}
