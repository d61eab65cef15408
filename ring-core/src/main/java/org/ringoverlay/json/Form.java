package org.ringoverlay.json;

import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;

/**
 * How values of one plain type are read and written without Jackson, which takes several times as
 * long: records of numbers, texts, IDs, constants, {@link Json}, lists, and other such records.
 *
 * <p>A form never decides anything. What it writes are the bytes that Jackson would write, and what
 * it reads is what Jackson would read; wherever that is in doubt it {@linkplain GaveUp gives up},
 * and Jackson does the whole value and has the last word. Types that are not plain have no form.
 */
interface Form {
  /** Reads the value at which the reader stands. */
  @Nullable Object read(FormReader from);

  /** Writes a value. */
  void write(@Nullable Object value, FormWriter to);

  /** What stands for a value that is not there. */
  default @Nullable Object absent() {
    return null;
  }

  /** Whether a value is what is read where nothing is written. */
  default boolean isTakenForGranted(@Nullable Object value) {
    return value == null;
  }

  /** A form met what it leaves to Jackson. It carries no trace, for it is no error. */
  @SuppressWarnings("serial") // Never serialized.
  final class GaveUp extends RuntimeException {
    GaveUp() {
      super("left to Jackson", null, false, false);
    }
  }

  /**
   * The form of a component's or an element's type, null if it is not plain.
   *
   * @param within the records that are being looked at; one that holds its like is plain if all
   *     else in it is
   */
  static @Nullable Form of(Type type, RecordForms records, Set<String> within) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      // What Jackson makes of a null among numbers is left to it.
      Type element = unboxed(generic.getActualTypeArguments()[0]);
      Form form = of(element, records, within);
      return form == null ? null : new Elements(form);
    }
    if (!(type instanceof Class<?> plain)) {
      return null;
    }
    if (plain == long.class || plain == Long.class) {
      return new Whole(false, plain.isPrimitive() ? 0L : null);
    }
    if (plain == int.class || plain == Integer.class) {
      return new Whole(true, plain.isPrimitive() ? 0 : null);
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return new Truth(plain.isPrimitive() ? false : null);
    }
    if (plain == String.class) {
      return new Text();
    }
    if (plain == Id.class) {
      return new Identity();
    }
    if (plain == Json.class) {
      return new Embedded();
    }
    if (plain.isEnum()) {
      return Constants.of(plain);
    }
    if (Family.isFamily(plain)) {
      return new OfFamily(plain, records);
    }
    return plain.isRecord() && records.isPlain(plain, within) ? new Nested(plain, records) : null;
  }

  private static Type unboxed(Type type) {
    return type instanceof Class<?> plain
        ? MethodType.methodType(plain).unwrap().returnType()
        : type;
  }

  /** What may be null. */
  interface Nullish extends Form {
    @Nullable Object readPresent(FormReader from);

    void writePresent(Object value, FormWriter to);

    @Override
    default @Nullable Object read(FormReader from) {
      if (from.isNull()) {
        from.skipNull();
        return null;
      }
      return readPresent(from);
    }

    @Override
    default void write(@Nullable Object value, FormWriter to) {
      if (value == null) {
        to.raw(NULL);
      } else {
        writePresent(value, to);
      }
    }
  }

  /** As it is written. */
  byte[] NULL = ascii("null");

  /** The bytes of a text of ASCII. */
  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * A whole number.
   *
   * @param isInt whether it is an int, else it is a long
   */
  record Whole(boolean isInt, @Nullable Number absent) implements Form {
    @Override
    public @Nullable Object read(FormReader from) {
      if (absent == null && from.isNull()) {
        from.skipNull();
        return null;
      }
      long number = from.number();
      if (!isInt) {
        return number;
      }
      if (number != (int) number) {
        throw new GaveUp();
      }
      return (int) number;
    }

    @Override
    public void write(@Nullable Object value, FormWriter to) {
      if (value == null) {
        to.raw(NULL);
      } else {
        to.number(((Number) value).longValue());
      }
    }

    @Override
    public boolean isTakenForGranted(@Nullable Object value) {
      return value == null || (absent != null && ((Number) value).longValue() == 0);
    }
  }

  /** True or false. */
  record Truth(@Nullable Boolean absent) implements Form {
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");

    @Override
    public @Nullable Object read(FormReader from) {
      if (absent == null && from.isNull()) {
        from.skipNull();
        return null;
      }
      return from.truth();
    }

    @Override
    public void write(@Nullable Object value, FormWriter to) {
      to.raw(value == null ? NULL : value.equals(true) ? TRUE : FALSE);
    }

    @Override
    public boolean isTakenForGranted(@Nullable Object value) {
      return value == null || (absent != null && value.equals(false));
    }
  }

  /** A text. */
  record Text() implements Nullish {
    @Override
    public Object readPresent(FormReader from) {
      return from.text();
    }

    @Override
    public void writePresent(Object value, FormWriter to) {
      to.text((String) value);
    }

    @Override
    public boolean isTakenForGranted(@Nullable Object value) {
      return value == null || ((String) value).isEmpty();
    }
  }

  /** An ID. */
  record Identity() implements Nullish {
    @Override
    public Object readPresent(FormReader from) {
      try {
        return Id.parse(from.text());
      } catch (IllegalArgumentException noId) {
        throw new GaveUp();
      }
    }

    @Override
    public void writePresent(Object value, FormWriter to) {
      to.text(value.toString());
    }
  }

  /** JSON in JSON; its null is a value of its own. */
  record Embedded() implements Form {
    @Override
    public Object read(FormReader from) {
      return from.json();
    }

    @Override
    public void write(@Nullable Object value, FormWriter to) {
      to.raw(value == null ? NULL : ((Json) value).array());
    }
  }

  /** Constants by their names. */
  record Constants(Map<String, Object> byName) implements Nullish {
    static @Nullable Constants of(Class<?> type) {
      var byName = new TreeMap<String, Object>();
      for (Object constant : type.getEnumConstants()) {
        String name = ((Enum<?>) constant).name();
        if (!name.equals(constant.toString()) || !RecordForms.isBare(constant.getClass())) {
          return null;
        }
        byName.put(name, constant);
      }
      return RecordForms.isBare(type) ? new Constants(byName) : null;
    }

    @Override
    public Object readPresent(FormReader from) {
      Object constant = byName.get(from.text());
      if (constant == null) {
        throw new GaveUp();
      }
      return constant;
    }

    @Override
    public void writePresent(Object value, FormWriter to) {
      to.text(((Enum<?>) value).name());
    }
  }

  /** A list. */
  record Elements(Form element) implements Nullish {
    private static final int FEW = 4;

    @Override
    public Object readPresent(FormReader from) {
      from.enter('[');
      List<@Nullable Object> elements = new ArrayList<>(FEW);
      while (from.hasMore(']')) {
        elements.add(element.read(from));
      }
      return elements;
    }

    @Override
    public void writePresent(Object value, FormWriter to) {
      to.enter('[');
      boolean more = false;
      for (Object each : (List<?>) value) {
        if (more) {
          to.one(',');
        }
        more = true;
        element.write(each, to);
      }
      to.leave(']');
    }

    @Override
    public boolean isTakenForGranted(@Nullable Object value) {
      return value == null || ((List<?>) value).isEmpty();
    }
  }

  /** A record, whose own form is made when it is first needed, for it may hold its like. */
  final class Nested implements Nullish {
    private final Class<?> type;
    private final RecordForms records;
    // Asked for more than once if threads meet here, and always the same.
    private @Nullable RecordForm own;

    Nested(Class<?> type, RecordForms records) {
      this.type = type;
      this.records = records;
    }

    private RecordForm form() {
      RecordForm form = own;
      if (form == null) {
        form = records.of(type);
        if (form == null) {
          throw new GaveUp();
        }
        own = form;
      }
      return form;
    }

    @Override
    public Object readPresent(FormReader from) {
      return form().read(from);
    }

    @Override
    public void writePresent(Object value, FormWriter to) {
      form().write(value, to);
    }
  }

  /** A record of a sealed family, whose variants' forms are made when one is first needed. */
  final class OfFamily implements Nullish {
    private final Class<?> family;
    private final RecordForms records;
    // Made more than once if threads meet here, and always the same.
    private @Nullable Variants variants;

    OfFamily(Class<?> family, RecordForms records) {
      this.family = family;
      this.records = records;
    }

    /** The forms of those that are plain. */
    private record Variants(List<RecordForm> forms) {}

    @Override
    public Object readPresent(FormReader from) {
      int type = from.typeAt();
      List<RecordForm> forms = forms();
      for (int i = 0; i < forms.size(); i++) {
        RecordForm form = forms.get(i);
        if (from.isTextAt(type, form.name())) {
          return form.read(from);
        }
      }
      throw new GaveUp();
    }

    private List<RecordForm> forms() {
      Variants present = variants;
      if (present == null) {
        present =
            new Variants(
                Family.variants(family).values().stream()
                    .map(records::of)
                    .filter(Objects::nonNull)
                    .toList());
        variants = present;
      }
      return present.forms;
    }

    @Override
    public void writePresent(Object value, FormWriter to) {
      Class<?> type = value.getClass();
      List<RecordForm> forms = forms();
      for (int i = 0; i < forms.size(); i++) {
        if (forms.get(i).type() == type) {
          forms.get(i).write(value, to);
          return;
        }
      }
      throw new GaveUp();
    }
  }
}
