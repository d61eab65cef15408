package org.ringoverlay.json;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Form} of one record type.
 *
 * @param type the type
 * @param name its name in its family, in quotes; empty if it is of none
 * @param opening what comes before its components
 * @param fields the names of its components, in quotes
 * @param first what comes before each component if it is the first that is written
 * @param further what comes before each if it is not
 * @param forms what they are
 * @param constructor its canonical constructor, of an array
 * @param accessors of its components, as longs where these are whole numbers that cannot be null
 * @param whole which are
 * @param sparse whether what a reader takes for granted is left out
 */
@SuppressWarnings("ArrayRecordComponent") // made once, and nobody changes them
record RecordForm(
    Class<?> type,
    byte[] name,
    byte[] opening,
    byte[][] fields,
    byte[][] first,
    byte[][] further,
    Form[] forms,
    MethodHandle constructor,
    MethodHandle[] accessors,
    boolean[] whole,
    boolean sparse) {
  private static final byte[] TYPE = Form.ascii("\"" + Family.TYPE + "\"");

  /** Reads the record at which the reader stands. */
  Object read(FormReader from) {
    from.enter('{');
    @Nullable Object[] values = new @Nullable Object[forms.length];
    for (int i = 0; i < forms.length; i++) {
      values[i] = forms[i].absent();
    }
    int next = 0;
    boolean named = name.length == 0;
    while (from.hasMore('}')) {
      if (!named && from.isField(TYPE)) {
        from.passText(name);
        named = true;
        continue;
      }
      int found = find(from, next);
      if (found < 0) {
        from.skipField();
      } else {
        values[found] = forms[found].read(from);
        next = found + 1;
      }
    }
    if (!named) {
      throw new Form.GaveUp();
    }
    return make(values);
  }

  /** Most come in the order in which they are declared. */
  private int find(FormReader from, int next) {
    for (int i = 0; i < forms.length; i++) {
      int candidate = next + i < forms.length ? next + i : next + i - forms.length;
      if (from.isField(fields[candidate])) {
        return candidate;
      }
    }
    return -1;
  }

  private Object make(@Nullable Object[] values) {
    try {
      return constructor.invokeExact(values);
    } catch (Error error) {
      throw error;
    } catch (Throwable refused) {
      // What the record itself refuses is told by Jackson's way.
      throw new Form.GaveUp();
    }
  }

  /** Writes a record. */
  void write(Object value, FormWriter to) {
    to.enter('{');
    to.raw(opening);
    boolean more = opening.length > 0;
    for (int i = 0; i < forms.length; i++) {
      if (whole[i]) {
        long number = number(i, value);
        if (!sparse || number != 0) {
          to.raw(more ? further[i] : first[i]);
          more = true;
          to.number(number);
        }
        continue;
      }
      Object component = get(i, value);
      if (!sparse || !forms[i].isTakenForGranted(component)) {
        to.raw(more ? further[i] : first[i]);
        more = true;
        forms[i].write(component, to);
      }
    }
    to.leave('}');
  }

  private long number(int component, Object value) {
    try {
      return (long) accessors[component].invokeExact(value);
    } catch (Error error) {
      throw error;
    } catch (Throwable refused) {
      throw new Form.GaveUp();
    }
  }

  private @Nullable Object get(int component, Object value) {
    try {
      return accessors[component].invokeExact(value);
    } catch (Error error) {
      throw error;
    } catch (Throwable refused) {
      throw new Form.GaveUp();
    }
  }
}
