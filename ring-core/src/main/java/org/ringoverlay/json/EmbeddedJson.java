package org.ringoverlay.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.ringoverlay.error.RingException;

/** A {@link Json} inside another value: its bytes are put in and taken out as they are. */
final class EmbeddedJson {

  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private EmbeddedJson() {}

  static final class Reader extends JsonDeserializer<Json> {

    @Override
    public Json deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      if (!(parser instanceof WireFactory.Parser wire)) {
        // Jackson replays buffered tokens, without the bytes, for unwrapped fields and the like.
        throw InvalidDefinitionException.from(
            parser, "a Json cannot be read from an unwrapped field");
      }
      Slice value = wire.value();
      if (value.depth() > Json.DEPTH_MAX) {
        throw new RingException.InvalidInput("it is nested deeper than " + Json.DEPTH_MAX);
      }
      parser.skipChildren();
      return Json.trusted(value.copy(), JsonBinding.standard());
    }

    /** An explicit null is a value here; an absent field stays a null reference. */
    @Override
    public Json getNullValue(DeserializationContext context) {
      return Json.trusted(NULL.clone(), JsonBinding.standard());
    }

    @Override
    @SuppressWarnings(
        "NullAway") // Jackson's contract: null stands for a component without a value.
    public Object getAbsentValue(DeserializationContext context) {
      return null;
    }
  }

  static final class Writer extends JsonSerializer<Json> {
    @Override
    public void serialize(Json json, JsonGenerator to, SerializerProvider provider)
        throws IOException {
      to.writeRawValue(new Raw(json));
    }
  }

  /** The bytes in the form that lets Jackson copy them without making a text of them first. */
  private record Raw(Json json) implements SerializableString {

    @Override
    public String getValue() {
      return json.toString();
    }

    @Override
    public int charLength() {
      return json.toString().length();
    }

    @Override
    public byte[] asUnquotedUTF8() {
      return json.array();
    }

    @Override
    public int appendUnquotedUTF8(byte[] buffer, int offset) {
      byte[] bytes = json.array();
      if (bytes.length > buffer.length - offset) {
        return -1;
      }
      System.arraycopy(bytes, 0, buffer, offset, bytes.length);
      return bytes.length;
    }

    @Override
    public int writeUnquotedUTF8(OutputStream out) throws IOException {
      out.write(json.array());
      return json.size();
    }

    @Override
    public int putUnquotedUTF8(ByteBuffer buffer) {
      if (json.size() > buffer.remaining()) {
        return -1;
      }
      json.writeTo(buffer);
      return json.size();
    }

    // The generator writes raw values by the methods above alone; quoting would change them.

    @Override
    public char[] asQuotedChars() {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] asQuotedUTF8() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int appendQuotedUTF8(byte[] buffer, int offset) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int appendQuoted(char[] buffer, int offset) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int appendUnquoted(char[] buffer, int offset) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int writeQuotedUTF8(OutputStream out) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int putQuotedUTF8(ByteBuffer buffer) {
      throw new UnsupportedOperationException();
    }
  }
}
