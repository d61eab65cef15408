package org.ringoverlay.dht.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MessagesTest {
  /** The records that messages are made of, by name. */
  private final Map<String, Class<?>> records = new TreeMap<>();

  /** A method that looks like a getter would be a field of the message, and make it a slow one. */
  @Test
  void noMessageHasAMethodThatIsTakenForAField() {
    for (Class<?> family : List.of(CopyRequest.class, CopyReply.class, Request.class)) {
      gather(family);
    }
    List.of(Request.Found.class, Request.Done.class, Request.Sighted.class, Charter.class)
        .forEach(this::gather);
    assertThat(records.values())
        .contains(CopyRequest.Accept.class, Ballot.class, CommitNumber.class, Operation.class);

    var taken = new ArrayList<String>();
    for (Class<?> each : records.values()) {
      List<String> fields =
          Arrays.stream(each.getRecordComponents()).map(RecordComponent::getName).toList();
      for (Method method : each.getMethods()) {
        boolean isGetter = method.getName().matches("(get|is)[A-Z].*");
        if (isGetter
            && method.getParameterCount() == 0
            && method.getDeclaringClass() != Object.class
            && !Modifier.isStatic(method.getModifiers())
            && !fields.contains(method.getName())) {
          taken.add(each.getSimpleName() + "." + method.getName());
        }
      }
    }
    assertThat(taken).isEmpty();
  }

  private void gather(Type type) {
    if (type instanceof ParameterizedType generic) {
      Arrays.stream(generic.getActualTypeArguments()).forEach(this::gather);
    } else if (type instanceof Class<?> plain && plain.isSealed()) {
      Arrays.stream(plain.getPermittedSubclasses()).forEach(this::gather);
    } else if (type instanceof Class<?> plain
        && plain.isRecord()
        && records.putIfAbsent(plain.getName(), plain) == null) {
      for (RecordComponent component : plain.getRecordComponents()) {
        gather(component.getGenericType());
      }
    }
  }
}
