package org.ringoverlay.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/**
 * The standard binding, by Jackson.
 *
 * <p>Bytes are checked by {@link Grammar} before Jackson sees them, so Jackson's own view of
 * encodings, duplicate names and limits never decides anything. What it is not trusted with either:
 * types of sealed families ({@link Families}), numbers and other single values ({@link Scalars}).
 */
final class StandardBinding implements JsonBinding {

  static final StandardBinding INSTANCE = new StandardBinding();

  /**
   * What a message may nest above the value it carries. A value as deep as {@link Json#DEPTH_MAX}
   * can be stored, so the message that takes it there must be able to hold it.
   */
  static final int ENVELOPE_DEPTH_MAX = 8;

  static final int MESSAGE_DEPTH_MAX = Json.DEPTH_MAX + ENVELOPE_DEPTH_MAX;

  private final ObjectMapper mapper = mapper();

  // One per class, and gone with its class; Jackson would look both up again for every value.
  private final ClassValue<ObjectReader> readers =
      new ClassValue<>() {
        @Override
        protected ObjectReader computeValue(Class<?> type) {
          return mapper.readerFor(type);
        }
      };
  private final ObjectWriter writer = mapper.writer();
  private final RecordForms forms = new RecordForms(mapper);
  private final ClassValue<Optional<Form>> plainForms =
      new ClassValue<>() {
        @Override
        protected Optional<Form> computeValue(Class<?> type) {
          return type.isRecord() || Family.isFamily(type)
              ? Optional.ofNullable(Form.of(type, forms, new TreeSet<>()))
              : Optional.empty();
        }
      };

  private StandardBinding() {}

  private static ObjectMapper mapper() {
    JsonMapper.Builder builder =
        JsonMapper.builder(new WireFactory())
            .addModule(Scalars.module())
            .addModule(Families.module())
            .annotationIntrospector(new Families.Introspector())
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS);
    builder.withCoercionConfigDefaults(
        config ->
            config
                .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.EmptyArray, CoercionAction.Fail));
    builder.withCoercionConfig(
        LogicalType.Textual,
        config ->
            config
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
    return builder.build();
  }

  @Override
  public byte[] write(@Nullable Object value) {
    byte[] plain = value == null ? null : writePlain(value);
    return plain == null ? writeByJackson(value) : plain;
  }

  byte @Nullable [] writePlain(Object value) {
    RecordForm form = forms.of(value.getClass());
    if (form == null) {
      return null;
    }
    FormWriter to = FormWriter.take();
    try {
      form.write(value, to);
      return to.toBytes();
    } catch (Form.GaveUp gaveUp) {
      return null;
    } finally {
      to.release();
    }
  }

  byte[] writeByJackson(@Nullable Object value) {
    byte[] written;
    try {
      written = writer.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw BindingFailure.onWrite(e);
    }
    if (Grammar.escapesSurrogate(written)) {
      Grammar.check(written, 0, written.length, MESSAGE_DEPTH_MAX);
    }
    return written;
  }

  @Override
  public <T> T read(byte[] array, int offset, int length, Class<T> type) {
    Objects.checkFromIndexSize(offset, length, array.length);
    if (type == Json.class) {
      return type.cast(Json.parse(array, offset, length));
    }
    Grammar.check(array, offset, length, MESSAGE_DEPTH_MAX);
    return readChecked(array, offset, length, type);
  }

  /** Reads bytes that the grammar has accepted. */
  <T> T readChecked(byte[] array, int offset, int length, Class<T> type) {
    T plain = readPlain(array, offset, type);
    return plain == null ? readByJackson(array, offset, length, type) : plain;
  }

  <T> @Nullable T readPlain(byte[] array, int offset, Class<T> type) {
    Form form = plainForms.get(type).orElse(null);
    if (form == null) {
      return null;
    }
    try {
      return type.cast(form.read(new FormReader(array, offset)));
    } catch (Form.GaveUp gaveUp) {
      return null;
    }
  }

  @SuppressWarnings({
    "unchecked",
    "NullAway"
  }) // A primitive's class cannot cast; Void has no value but null.
  <T> T readByJackson(byte[] array, int offset, int length, Class<T> type) {
    ObjectReader reader = readers.get(type);
    T value;
    try {
      // Not type.cast: for a primitive's class the reader gives its wrapper, which T stands for.
      value = (T) reader.readValue(array, offset, length);
    } catch (IOException | RuntimeException e) {
      // Whatever the bytes provoke ends here, also where Jackson throws something unplanned.
      throw BindingFailure.onRead(e, type);
    }
    if (value == null && type != Void.class && type != void.class) {
      throw new RingException.InvalidInput("null does not fit " + type.getSimpleName());
    }
    return value;
  }

  @Override
  public byte[] merge(byte[] old, @Nullable Object value) {
    Grammar.check(old, 0, old.length, MESSAGE_DEPTH_MAX);
    return new Merge(mapper).merge(Slice.of(old), Slice.of(write(value)), value);
  }
}
