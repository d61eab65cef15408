package org.ringoverlay.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.json.UTF8JsonGenerator;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import java.io.OutputStream;
import org.ringoverlay.error.RingException;

/**
 * Makes Jackson's parsers and generators for bytes that {@link Grammar} vouches for.
 *
 * <p>Jackson would guess the encoding of the input; here it is always UTF-8. Its parser is extended
 * to give out the very bytes of a value, and its generator refuses numbers that JSON cannot write.
 */
@SuppressWarnings("serial") // Never serialized; Jackson's factory merely could be.
final class WireFactory extends JsonFactory {

  WireFactory() {
    super(
        new JsonFactoryBuilder()
            // A table of names that outlives the parse would keep what strangers send.
            .disable(Feature.INTERN_FIELD_NAMES)
            .enable(Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(StandardBinding.MESSAGE_DEPTH_MAX)
                    .maxNumberLength(Json.NUMBER_CHARS_MAX)
                    .maxStringLength(Json.SIZE_BYTES_MAX)
                    .maxNameLength(Json.NAME_BYTES_MAX)
                    .build())
            .streamWriteConstraints(
                StreamWriteConstraints.builder()
                    .maxNestingDepth(StandardBinding.MESSAGE_DEPTH_MAX)
                    .build()));
  }

  @Override
  protected JsonParser _createParser(byte[] data, int offset, int len, IOContext context) {
    return new Parser(
        context,
        _parserFeatures,
        _objectCodec,
        _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures),
        data,
        offset,
        offset + len);
  }

  @Override
  protected JsonGenerator _createUTF8Generator(OutputStream out, IOContext context) {
    return new Generator(context, _generatorFeatures, _objectCodec, out);
  }

  /** Jackson's parser that also knows where in the array the current value lies. */
  static final class Parser extends UTF8StreamJsonParser {

    private final int arrayStart;

    @SuppressWarnings("NullAway") // There is no stream behind the array.
    Parser(
        IOContext context,
        int features,
        ObjectCodec codec,
        ByteQuadsCanonicalizer names,
        byte[] array,
        int start,
        int end) {
      super(context, features, null, codec, names, array, start, end, 0, false);
      this.arrayStart = start;
    }

    /** The value at whose first token the parser stands. */
    Slice value() {
      int start = (int) (_tokenInputTotal - 1) + arrayStart;
      return Slice.at(_inputBuffer, start);
    }
  }

  /**
   * Jackson's generator, but for numbers that are none in JSON; Jackson would quote them into
   * strings.
   */
  private static final class Generator extends UTF8JsonGenerator {

    Generator(IOContext context, int features, ObjectCodec codec, OutputStream out) {
      super(context, features, codec, out, '"');
    }

    @Override
    public void writeNumber(double number) throws IOException {
      if (!Double.isFinite(number)) {
        throw new RingException.InvalidInput("JSON has no number for " + number);
      }
      super.writeNumber(number);
    }

    @Override
    public void writeNumber(float number) throws IOException {
      if (!Float.isFinite(number)) {
        throw new RingException.InvalidInput("JSON has no number for " + number);
      }
      super.writeNumber(number);
    }
  }
}
