package org.ringoverlay.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Optional values: what they hold, or null. A missing one is empty. */
final class Optionals {

  private Optionals() {}

  @SuppressWarnings({
    "rawtypes",
    "unchecked"
  }) // Jackson registers generic classes by their raw ones.
  static void addTo(SimpleModule module) {
    module.addDeserializer(Optional.class, (JsonDeserializer) new Reader(null));
    module.addDeserializer(OptionalLong.class, new LongReader());
    module.addDeserializer(OptionalInt.class, new IntReader());
    module.addSerializer(
        Optional.class,
        new JsonSerializer<Optional>() {
          @Override
          public void serialize(Optional value, JsonGenerator to, SerializerProvider provider)
              throws IOException {
            provider.defaultSerializeValue(value.orElse(null), to);
          }
        });
    module.addSerializer(
        OptionalLong.class,
        new JsonSerializer<OptionalLong>() {
          @Override
          public void serialize(OptionalLong value, JsonGenerator to, SerializerProvider provider)
              throws IOException {
            if (value.isPresent()) {
              to.writeNumber(value.getAsLong());
            } else {
              to.writeNull();
            }
          }
        });
    module.addSerializer(
        OptionalInt.class,
        new JsonSerializer<OptionalInt>() {
          @Override
          public void serialize(OptionalInt value, JsonGenerator to, SerializerProvider provider)
              throws IOException {
            if (value.isPresent()) {
              to.writeNumber(value.getAsInt());
            } else {
              to.writeNull();
            }
          }
        });
  }

  private static final class Reader extends JsonDeserializer<Optional<?>>
      implements ContextualDeserializer {

    private final @Nullable JsonDeserializer<Object> content;

    Reader(@Nullable JsonDeserializer<Object> content) {
      this.content = content;
    }

    @Override
    public JsonDeserializer<?> createContextual(
        DeserializationContext context, @Nullable BeanProperty property)
        throws JsonMappingException {
      JavaType held = context.getContextualType().containedTypeOrUnknown(0);
      return new Reader(context.findContextualValueDeserializer(held, property));
    }

    @Override
    public Optional<?> deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (content == null) {
        throw new IllegalStateException("an Optional is read before its content is known");
      }
      return Optional.ofNullable(content.deserialize(parser, context));
    }

    @Override
    public Optional<?> getNullValue(DeserializationContext context) {
      return Optional.empty();
    }
  }

  private static final class LongReader extends JsonDeserializer<OptionalLong> {

    @Override
    public OptionalLong deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return OptionalLong.of(Scalars.LONG.from(parser));
    }

    @Override
    public OptionalLong getNullValue(DeserializationContext context) {
      return OptionalLong.empty();
    }
  }

  private static final class IntReader extends JsonDeserializer<OptionalInt> {

    @Override
    public OptionalInt deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return OptionalInt.of(Scalars.INT.from(parser));
    }

    @Override
    public OptionalInt getNullValue(DeserializationContext context) {
      return OptionalInt.empty();
    }
  }
}
