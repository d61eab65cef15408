package org.ringoverlay.json;

import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Form} of one record type.
 *
 * @param name its name in its family, null if it is of none
 * @param fields the names of its components, in quotes
 * @param separators what comes before each component where all are written
 * @param forms what they are
 * @param constructor its canonical constructor, of an array
 * @param accessors of its components
 * @param sparse whether what a reader takes for granted is left out
 */
@SuppressWarnings("ArrayRecordComponent") // made once, and nobody changes them
record RecordForm(
    @Nullable String name,
    byte[][] fields,
    byte[][] separators,
    Form[] forms,
    MethodHandle constructor,
    MethodHandle[] accessors,
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
    if (sparse) {
      writeSparsely(value, to);
      to.leave('}');
      return;
    }
    for (int i = 0; i < forms.length; i++) {
      to.raw(separators[i]);
      forms[i].write(get(i, value), to);
    }
    if (forms.length == 0 && separators.length == 1) {
      to.raw(separators[0]);
    }
    to.leave('}');
  }

  private void writeSparsely(Object value, FormWriter to) {
    String own = name;
    if (own != null) {
      to.raw(TYPE);
      to.one(':');
      to.text(own);
    }
    boolean more = own != null;
    for (int i = 0; i < forms.length; i++) {
      Object component = get(i, value);
      if (!isTakenForGranted(i, component)) {
        if (more) {
          to.one(',');
        }
        more = true;
        to.raw(fields[i]);
        to.one(':');
        forms[i].write(component, to);
      }
    }
  }

  /** Whether a component is what is read where nothing is written. */
  private boolean isTakenForGranted(int i, @Nullable Object component) {
    if (component == null) {
      return true;
    }
    return component.equals(forms[i].absent())
        || (component instanceof List<?> list && list.isEmpty())
        || (component instanceof String text && text.isEmpty());
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
