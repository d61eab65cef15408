package org.ringoverlay.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * How single values are read and written: numbers exactly or not at all, and the project's own
 * values.
 *
 * <p>A number that does not fit its type is an error and never becomes another number, nor an
 * infinity. A missing primitive is 0 or false and an explicit null is an error; Jackson would treat
 * both alike.
 */
final class Scalars {

  /**
   * How many zeros a decimal may stand for; one of a few characters could otherwise fill the memory
   * when used.
   */
  private static final int DECIMAL_SCALE_MAX = Json.NUMBER_CHARS_MAX;

  static final Read<Integer> INT = whole(JsonParser::getIntValue, "int");
  static final Read<Long> LONG = whole(JsonParser::getLongValue, "long");

  private Scalars() {}

  static Module module() {
    SimpleModule module = new SimpleModule("ring-scalars");
    add(module, byte.class, Byte.class, (byte) 0, Scalars::readByte);
    add(module, short.class, Short.class, (short) 0, whole(JsonParser::getShortValue, "short"));
    add(module, int.class, Integer.class, 0, INT);
    add(module, long.class, Long.class, 0L, LONG);
    add(module, float.class, Float.class, 0f, Scalars::readFloat);
    add(module, double.class, Double.class, 0d, Scalars::readDouble);
    add(module, boolean.class, Boolean.class, false, Scalars::readBoolean);
    add(module, char.class, Character.class, (char) 0, Scalars::readChar);
    reader(module, BigInteger.class, whole(JsonParser::getBigIntegerValue, "whole number"));
    reader(module, BigDecimal.class, Scalars::readDecimal);
    reader(module, Number.class, Scalars::readNumber);
    reader(module, double[].class, Scalars::readDoubles);
    reader(module, float[].class, Scalars::readFloats);
    module.addDeserializer(Object.class, new Untyped());
    reader(module, Id.class, Scalars::readId);
    module.addSerializer(
        Id.class,
        new JsonSerializer<Id>() {
          @Override
          public void serialize(Id id, JsonGenerator to, SerializerProvider provider)
              throws IOException {
            to.writeString(id.toString());
          }
        });
    module.addKeySerializer(
        Id.class,
        new JsonSerializer<Id>() {
          @Override
          public void serialize(Id id, JsonGenerator to, SerializerProvider provider)
              throws IOException {
            to.writeFieldName(id.toString());
          }
        });
    module.addKeyDeserializer(
        Id.class,
        new KeyDeserializer() {
          @Override
          public Object deserializeKey(String key, DeserializationContext context) {
            return id(key);
          }
        });
    module.addDeserializer(Json.class, new EmbeddedJson.Reader());
    module.addSerializer(Json.class, new EmbeddedJson.Writer());
    Optionals.addTo(module);
    return module;
  }

  /** Reads the value at whose first token the parser stands. */
  interface Read<T> {
    T from(JsonParser parser) throws IOException;
  }

  private static <T> void add(
      SimpleModule module, Class<T> primitive, Class<T> boxed, T absent, Read<T> read) {
    module.addDeserializer(primitive, new Reader<>(primitive, absent, read));
    module.addDeserializer(boxed, new Reader<>(boxed, null, read));
  }

  private static <T> void reader(SimpleModule module, Class<T> type, Read<T> read) {
    module.addDeserializer(type, new Reader<>(type, null, read));
  }

  private static final class Reader<T> extends JsonDeserializer<T> {

    private final Class<T> type;
    private final @Nullable T absent;
    private final Read<T> read;

    Reader(Class<T> type, @Nullable T absent, Read<T> read) {
      this.type = type;
      this.absent = absent;
      this.read = read;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      return read.from(parser);
    }

    @Override
    public @Nullable T getNullValue(DeserializationContext context) {
      if (type.isPrimitive()) {
        throw new RingException.InvalidInput("null does not fit " + type.getSimpleName());
      }
      return null;
    }

    @Override
    public @Nullable Object getAbsentValue(DeserializationContext context) {
      return absent;
    }
  }

  private static RingException.InvalidInput expected(String what) {
    return new RingException.InvalidInput("expected is " + what);
  }

  private static <T> Read<T> whole(Read<T> read, String name) {
    return parser -> {
      if (!parser.hasToken(JsonToken.VALUE_NUMBER_INT)) {
        throw expected(name);
      }
      return read.from(parser);
    };
  }

  private static Byte readByte(JsonParser parser) throws IOException {
    // Jackson's own would take up to 255.
    if (parser.hasToken(JsonToken.VALUE_NUMBER_INT)) {
      int value = parser.getIntValue();
      if (value == (byte) value) {
        return (byte) value;
      }
    }
    throw expected("byte");
  }

  private static Double readDouble(JsonParser parser) throws IOException {
    requireNumber(parser);
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw new RingException.InvalidInput("the number is out of the range of double");
    }
    return value;
  }

  private static Float readFloat(JsonParser parser) throws IOException {
    requireNumber(parser);
    float value = parser.getFloatValue();
    if (!Float.isFinite(value)) {
      throw new RingException.InvalidInput("the number is out of the range of float");
    }
    return value;
  }

  private static BigDecimal readDecimal(JsonParser parser) throws IOException {
    requireNumber(parser);
    BigDecimal value;
    try {
      value = parser.getDecimalValue();
    } catch (NumberFormatException e) {
      throw exponentBeyondLimit();
    }
    if (Math.abs((long) value.scale()) > DECIMAL_SCALE_MAX) {
      throw exponentBeyondLimit();
    }
    return value;
  }

  private static RingException.InvalidInput exponentBeyondLimit() {
    return new RingException.InvalidInput("the number has an exponent beyond " + DECIMAL_SCALE_MAX);
  }

  private static Number readNumber(JsonParser parser) throws IOException {
    if (parser.hasToken(JsonToken.VALUE_NUMBER_INT)) {
      return parser.getNumberValue();
    }
    return readDouble(parser);
  }

  private static void requireNumber(JsonParser parser) {
    if (!parser.hasToken(JsonToken.VALUE_NUMBER_INT)
        && !parser.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
      throw expected("a number");
    }
  }

  private static Boolean readBoolean(JsonParser parser) {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw expected("true or false");
    };
  }

  private static Character readChar(JsonParser parser) throws IOException {
    if (parser.hasToken(JsonToken.VALUE_STRING) && parser.getText().length() == 1) {
      return parser.getText().charAt(0);
    }
    throw expected("a text of one character");
  }

  private static double[] readDoubles(JsonParser parser) throws IOException {
    requireArray(parser);
    double[] values = new double[16];
    int size = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = readDouble(parser);
    }
    return Arrays.copyOf(values, size);
  }

  private static float[] readFloats(JsonParser parser) throws IOException {
    requireArray(parser);
    float[] values = new float[16];
    int size = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = readFloat(parser);
    }
    return Arrays.copyOf(values, size);
  }

  private static void requireArray(JsonParser parser) {
    if (!parser.hasToken(JsonToken.START_ARRAY)) {
      throw expected("an array");
    }
  }

  private static Id readId(JsonParser parser) throws IOException {
    if (!parser.hasToken(JsonToken.VALUE_STRING)) {
      throw expected("an ID as 40 lower-case hexadecimal digits");
    }
    return id(parser.getText());
  }

  private static Id id(String text) {
    try {
      return Id.parse(text);
    } catch (IllegalArgumentException e) {
      throw new RingException.InvalidInput(String.valueOf(e.getMessage()));
    }
  }

  /** Reads what no type describes: maps, lists, text, booleans and numbers. */
  private static final class Untyped extends JsonDeserializer<Object> {

    @Override
    public @Nullable Object deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return read(parser);
    }

    // The grammar has bounded the depth.
    private static @Nullable Object read(JsonParser parser) throws IOException {
      return switch (parser.currentToken()) {
        case START_OBJECT -> {
          Map<String, @Nullable Object> fields = new LinkedHashMap<>();
          String name = parser.nextFieldName();
          while (name != null) {
            parser.nextToken();
            fields.put(name, read(parser));
            name = parser.nextFieldName();
          }
          yield fields;
        }
        case START_ARRAY -> {
          List<@Nullable Object> elements = new ArrayList<>();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(read(parser));
          }
          yield elements;
        }
        case VALUE_STRING -> parser.getText();
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> readNumber(parser);
        case VALUE_TRUE -> true;
        case VALUE_FALSE -> false;
        case VALUE_NULL -> null;
        default -> throw expected("a value");
      };
    }
  }
}
