package org.ringoverlay.json;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The {@link Form} of one record type. */
@SuppressWarnings("ArrayRecordComponent") // made once, and nobody changes them
record RecordForm(
    @Nullable String name,
    byte[][] fields,
    byte[][] separators,
    Form[] forms,
    MethodHandle constructor,
    MethodHandle[] accessors) {
  private static final byte[] TYPE = Form.ascii("\"" + Family.TYPE + "\"");

  /** Reads the record at which the reader stands. */
  Object read(FormReader from) {
    from.enter('{');
    @Nullable Object[] values = new @Nullable Object[forms.length];
    for (int i = 0; i < forms.length; i++) {
      values[i] = forms[i].absent();
    }
    int next = 0;
    boolean named = name == null;
    while (from.hasMore('}')) {
      if (name != null && from.isField(TYPE)) {
        if (from.peek() != '"' || !from.text().equals(name)) {
          throw new Form.GaveUp();
        }
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
    for (int i = 0; i < forms.length; i++) {
      to.raw(separators[i]);
      forms[i].write(get(i, value), to);
    }
    if (forms.length == 0 && separators.length == 1) {
      to.raw(separators[0]);
    }
    to.leave('}');
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
