package org.ringoverlay.json;

import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sealed families of records: a sealed interface all of whose variants, however deep, are records.
 *
 * <p>Answers which names a family has and which name a record carries. What makes a family unusable
 * (two variants of one name, a component called {@code type}) is the programmer's mistake, told as
 * {@link IllegalArgumentException} when the family is first met.
 */
final class Family {

  /** The field that names the variant. */
  static final String TYPE = "type";

  // Both are asked when Jackson builds its readers and writers, and again at merges; answers go
  // with their classes.
  private static final ClassValue<Map<String, Class<?>>> VARIANTS =
      new ClassValue<>() {
        @Override
        protected Map<String, Class<?>> computeValue(Class<?> family) {
          return collect(family);
        }
      };

  private Family() {}

  /** Whether the type is a sealed interface and all of its variants are records. */
  static boolean isFamily(Class<?> type) {
    if (!type.isInterface() || !type.isSealed()) {
      return false;
    }
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (!permitted.isRecord() && !isFamily(permitted)) {
        return false;
      }
    }
    return true;
  }

  /** The variants of a family by their names, in the order of the names. */
  static Map<String, Class<?>> variants(Class<?> family) {
    return VARIANTS.get(family);
  }

  /** The name that a type carries in JSON, or null if it is no variant of a family. */
  static @Nullable String nameOf(Class<?> type) {
    if (!type.isRecord()) {
      return null;
    }
    Deque<Class<?>> above = new ArrayDeque<>();
    Collections.addAll(above, type.getInterfaces());
    boolean variant = false;
    while (!above.isEmpty()) {
      Class<?> next = above.pop();
      Collections.addAll(above, next.getInterfaces());
      if (isFamily(next)) {
        // Asking for the variants is what finds a family that cannot work, before anything of it is
        // written.
        variants(next);
        variant = true;
      }
    }
    return variant ? ownName(type) : null;
  }

  /** Refuses a field that would stand where the name of the variant stands. */
  static void checkFieldName(Class<?> record, String field) {
    if (field.equals(TYPE)) {
      throw new IllegalArgumentException(
          "a record of a sealed family cannot have a component 'type', as "
              + record.getName()
              + " has: that field names the variant");
    }
  }

  private static Map<String, Class<?>> collect(Class<?> family) {
    Map<String, Class<?>> variants = new TreeMap<>();
    Deque<Class<?>> below = new ArrayDeque<>();
    below.add(family);
    while (!below.isEmpty()) {
      Class<?> next = below.pop();
      if (!next.isRecord()) {
        Collections.addAll(below, next.getPermittedSubclasses());
        continue;
      }
      for (RecordComponent component : next.getRecordComponents()) {
        checkFieldName(next, component.getName());
      }
      Class<?> same = variants.put(ownName(next), next);
      // A record may be reached over two interfaces of one family.
      if (same != null && same != next) {
        throw new IllegalArgumentException(
            same.getName()
                + " and "
                + next.getName()
                + " have the same type name "
                + ownName(next));
      }
    }
    return Collections.unmodifiableMap(variants);
  }

  private static String ownName(Class<?> record) {
    TypeName given = record.getAnnotation(TypeName.class);
    if (given == null) {
      String simple = record.getSimpleName();
      return simple.substring(0, 1).toLowerCase(Locale.ROOT) + simple.substring(1);
    }
    if (given.value().isEmpty()) {
      throw new IllegalArgumentException(record.getName() + " has an empty @TypeName");
    }
    return given.value();
  }
}
