package org.ringoverlay.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.PropertyWriter;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries the fields that a type does not know from an old value into a new one; {@link Json#merge}
 * states the rule.
 *
 * <p>Three things are walked side by side: the old bytes, the new bytes, and the Java value that
 * the new bytes were written from. The Java value only says what stands at a place, a record, a
 * map, a list or something single; all that is put out is taken from either side as it was written,
 * so not even the spelling of a number changes.
 */
final class Merge {

  private final SerializerProvider serializers;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Merge(ObjectMapper mapper) {
    this.serializers = mapper.getSerializerProviderInstance();
  }

  byte[] merge(Slice old, Slice fresh, @Nullable Object value) {
    try {
      put(old, fresh, value);
    } catch (JsonProcessingException e) {
      throw BindingFailure.onWrite(e);
    }
    return out.toByteArray();
  }

  private void put(Slice old, Slice fresh, @Nullable Object value) throws JsonProcessingException {
    if (value instanceof Optional<?> optional) {
      put(old, fresh, optional.orElse(null));
    } else if (old.isObject() && fresh.isObject() && value instanceof Map<?, ?> map) {
      putEntries(old, fresh, map);
    } else if (old.isObject() && fresh.isObject() && value != null) {
      JsonSerializer<Object> serializer = serializers.findValueSerializer(value.getClass());
      if (serializer instanceof BeanSerializerBase bean) {
        putRecord(old, fresh, fields(bean, value), Family.nameOf(value.getClass()) != null);
      } else {
        copy(fresh);
      }
    } else if (old.isArray() && fresh.isArray() && value instanceof List<?> list) {
      putElements(old, fresh, list);
    } else if (old.isArray() && fresh.isArray() && value instanceof Object[] array) {
      putElements(old, fresh, Arrays.asList(array));
    } else {
      copy(fresh);
    }
  }

  /** The fields that the binding writes for this value's type, and what they hold. */
  private static Map<String, @Nullable Object> fields(BeanSerializerBase bean, Object value)
      throws JsonProcessingException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (Iterator<PropertyWriter> all = bean.properties(); all.hasNext(); ) {
      PropertyWriter field = all.next();
      Object held = null;
      if (field instanceof BeanPropertyWriter plain && !plain.isVirtual()) {
        held = get(plain, value);
      }
      fields.put(field.getName(), held);
    }
    return fields;
  }

  private static @Nullable Object get(BeanPropertyWriter field, Object value)
      throws JsonProcessingException {
    try {
      return field.get(value);
    } catch (Exception e) {
      throw JsonMappingException.wrapWithPath(e, value, field.getName());
    }
  }

  private void putRecord(
      Slice old, Slice fresh, Map<String, @Nullable Object> known, boolean variant)
      throws JsonProcessingException {
    Map<String, Slice.Field> before = old.fields();
    Map<String, Slice.Field> now = fresh.fields();
    if (variant && isOtherVariant(before.get(Family.TYPE), now.get(Family.TYPE))) {
      copy(fresh);
      return;
    }
    char next = '{';
    for (Map.Entry<String, Slice.Field> entry : before.entrySet()) {
      String name = entry.getKey();
      Slice.Field field = now.remove(name);
      if (field != null) {
        next = name(next, entry.getValue());
        put(entry.getValue().value(), field.value(), known.get(name));
      } else if (!known.containsKey(name)) {
        next = name(next, entry.getValue());
        copy(entry.getValue().value());
      }
    }
    for (Slice.Field field : now.values()) {
      next = name(next, field);
      copy(field.value());
    }
    close(next, '{', '}');
  }

  /** Whether the old object names another variant of the family than the new one, or none. */
  private static boolean isOtherVariant(Slice.@Nullable Field before, Slice.@Nullable Field now) {
    return before == null
        || now == null
        || before.value().first() != '"'
        || !before.value().text().equals(now.value().text());
  }

  private void putEntries(Slice old, Slice fresh, Map<?, ?> map) throws JsonProcessingException {
    Map<String, @Nullable Object> held = new LinkedHashMap<>();
    map.forEach((key, value) -> held.put(key instanceof Enum<?> e ? e.name() : "" + key, value));
    Map<String, Slice.Field> before = old.fields();
    char next = '{';
    for (Map.Entry<String, Slice.Field> entry : fresh.fields().entrySet()) {
      next = name(next, entry.getValue());
      Slice.Field same = before.get(entry.getKey());
      if (same == null) {
        copy(entry.getValue().value());
      } else {
        put(same.value(), entry.getValue().value(), held.get(entry.getKey()));
      }
    }
    close(next, '{', '}');
  }

  private void putElements(Slice old, Slice fresh, List<?> list) throws JsonProcessingException {
    List<Slice> before = old.elements();
    List<Slice> now = fresh.elements();
    if (before.size() != now.size() || now.size() != list.size()) {
      copy(fresh);
      return;
    }
    char next = '[';
    for (int i = 0; i < now.size(); i++) {
      out.write(next);
      next = ',';
      put(before.get(i), now.get(i), list.get(i));
    }
    close(next, '[', ']');
  }

  private char name(char before, Slice.Field field) {
    out.write(before);
    copy(field.name());
    out.write(':');
    return ',';
  }

  private void close(char next, char open, char close) {
    if (next == open) {
      out.write(open);
    }
    out.write(close);
  }

  private void copy(Slice slice) {
    out.write(slice.array(), slice.start(), slice.end() - slice.start());
  }
}
