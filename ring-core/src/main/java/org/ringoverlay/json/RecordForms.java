package org.ringoverlay.json;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The forms of record types, made when they are first asked for, and gone with their classes.
 *
 * <p>A record is plain if it is bare of Jackson's annotations, but for the one that lets unknown
 * constants be null, Jackson would write exactly its components, all of these are plain, and its
 * module lets it be made from here.
 */
final class RecordForms {
  private static final String JACKSON = "com.fasterxml.jackson";

  /** Says only what becomes of constants that are not known: these are left to Jackson anyway. */
  @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
  private interface UnknownIsNull {}

  private static final JsonFormat UNKNOWN_IS_NULL =
      UnknownIsNull.class.getAnnotation(JsonFormat.class);

  private final ObjectMapper mapper;
  private final ClassValue<Optional<RecordForm>> forms =
      new ClassValue<>() {
        @Override
        protected Optional<RecordForm> computeValue(Class<?> type) {
          return isPlain(type, new TreeSet<>())
              ? Optional.ofNullable(make(type))
              : Optional.empty();
        }
      };

  RecordForms(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /** The form of a record type, null if it is no record or not plain. */
  @Nullable RecordForm of(Class<?> type) {
    return forms.get(type).orElse(null);
  }

  boolean isPlain(Class<?> type, Set<String> within) {
    if (!type.isRecord() || !isBare(type)) {
      return false;
    }
    if (!within.add(type.getName())) {
      return true;
    }
    try {
      for (RecordComponent component : type.getRecordComponents()) {
        boolean isBoxed =
            Number.class.isAssignableFrom(component.getType())
                || component.getType() == Boolean.class;
        if (!isAscii(component.getName())
            || (isBoxed
                && isSparse(type)) // Jackson leaves its zero or false out, which is not its null.
            || Form.of(component.getGenericType(), this, within) == null) {
          return false;
        }
      }
      return writtenFields(type).equals(expectedFields(type));
    } finally {
      within.remove(type.getName());
    }
  }

  private static boolean isAscii(String name) {
    return name.chars().allMatch(c -> c > ' ' && c <= '~' && c != '"' && c != '\\');
  }

  /** Whether nothing of a type carries an annotation of Jackson's. */
  static boolean isBare(Class<?> type) {
    var all = new ArrayList<AnnotatedElement>();
    all.add(type);
    all.addAll(Arrays.asList(type.getDeclaredConstructors()));
    all.addAll(Arrays.asList(type.getDeclaredMethods()));
    all.addAll(Arrays.asList(type.getDeclaredFields()));
    if (type.isRecord()) {
      all.addAll(Arrays.asList(type.getRecordComponents()));
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      all.addAll(Arrays.asList(constructor.getParameters()));
    }
    for (Class<?> above : type.getInterfaces()) {
      if (!isBare(above)) {
        return false;
      }
    }
    for (AnnotatedElement each : all) {
      for (Annotation annotation : each.getDeclaredAnnotations()) {
        if (annotation.equals(UNKNOWN_IS_NULL)) {
          continue;
        }
        if (isJacksons(annotation.annotationType())) {
          return false;
        }
        // Jackson looks into bundles of its annotations, too.
        for (Annotation within : annotation.annotationType().getDeclaredAnnotations()) {
          if (isJacksons(within.annotationType())) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static boolean isJacksons(Class<?> annotation) {
    return annotation.getName().startsWith(JACKSON)
        || annotation.getName().startsWith("java.beans.");
  }

  /** What Jackson writes of a type: a method that it takes for a getter is a field more. */
  private List<String> writtenFields(Class<?> type) {
    try {
      var names = new ArrayList<String>();
      mapper
          .getSerializerProviderInstance()
          .findValueSerializer(type)
          .properties()
          .forEachRemaining(field -> names.add(field.getName()));
      return names;
    } catch (JsonMappingException unwritable) {
      return List.of(JACKSON);
    }
  }

  private static List<String> expectedFields(Class<?> type) {
    var names = new ArrayList<String>();
    if (Family.nameOf(type) != null) {
      names.add(Family.TYPE);
    }
    for (RecordComponent component : type.getRecordComponents()) {
      names.add(component.getName());
    }
    return names;
  }

  private @Nullable RecordForm make(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    String name = Family.nameOf(type);
    if (name == null ? components.length == 0 : !isAscii(name)) {
      return null;
    }
    String inFamily = name == null ? "" : quoted(name);
    String opening = name == null ? "" : quoted(Family.TYPE) + ":" + inFamily;
    var fields = new byte[components.length][];
    var first = new byte[components.length][];
    var further = new byte[components.length][];
    var forms = new Form[components.length];
    var accessors = new MethodHandle[components.length];
    var whole = new boolean[components.length];
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      for (int i = 0; i < components.length; i++) {
        String field = quoted(components[i].getName());
        Form form = Form.of(components[i].getGenericType(), this, new TreeSet<>());
        if (form == null) {
          return null;
        }
        forms[i] = form;
        fields[i] = Form.ascii(field);
        first[i] = Form.ascii(field + ":");
        further[i] = Form.ascii("," + field + ":");
        Method accessor = components[i].getAccessor();
        accessor.setAccessible(true);
        whole[i] = form instanceof Form.Whole number && number.absent() != null;
        Class<?> got = whole[i] ? long.class : Object.class;
        accessors[i] = lookup.unreflect(accessor).asType(MethodType.methodType(got, Object.class));
      }
      return new RecordForm(
          type,
          Form.ascii(inFamily),
          Form.ascii(opening),
          fields,
          first,
          further,
          forms,
          constructor(type, lookup),
          accessors,
          whole,
          isSparse(type));
    } catch (IllegalAccessException | NoSuchMethodException | InaccessibleObjectException closed) {
      return null;
    }
  }

  private static boolean isSparse(Class<?> type) {
    return type.isAnnotationPresent(Sparse.class);
  }

  private static MethodHandle constructor(Class<?> type, MethodHandles.Lookup lookup)
      throws NoSuchMethodException, IllegalAccessException {
    Class<?>[] parameters =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    Constructor<?> canonical = type.getDeclaredConstructor(parameters);
    canonical.setAccessible(true);
    return lookup
        .unreflectConstructor(canonical)
        .asSpreader(Object[].class, parameters.length)
        .asType(MethodType.methodType(Object.class, Object[].class));
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }
}
