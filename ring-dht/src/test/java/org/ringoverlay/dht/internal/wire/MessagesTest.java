package org.ringoverlay.dht.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.json.JsonBinding;

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

  @Test
  void aChangeSaysNoMoreThanItMust() {
    var made = Operation.made("o", 9, true, 0);
    var entry = Entry.made("space\u0000key", 9, false, Json.of("value"), 8, List.of(made));
    var accept =
        CopyRequest.Accept.registers(
            7, new Ballot(2, Id.parse("f".repeat(40)), 5), 3, List.of(entry));

    assertThat(text(accept))
        .isEqualTo(
            "{\"type\":\"accept\",\"arc\":7,\"ballot\":{\"round\":2,\"daddy\":\""
                + "f".repeat(40)
                + "\",\"nonce\":5},\"entries\":[{\"key\":\"space\\u0000key\",\"version\":9,"
                + "\"value\":\"value\",\"base\":8,\"operations\":[{\"id\":\"o\",\"version\":9,"
                + "\"existed\":true}]}],\"epoch\":3}");
    assertThat(again(accept, CopyRequest.class)).isEqualTo(accept);
    assertThat(entry.written()).isEqualTo(9);
    assertThat(made.result()).isEqualTo(Operation.Outcome.MADE);
    assertThat(new Entry("key", 9, 9, true, Json.of(null), 8, List.of(), 0, 0).written()).isZero();
  }

  @Test
  void answersThatAreAlikeAreToldOnce() {
    CopyReply granted = new CopyReply.Accepted(true, null, 4, List.of());
    CopyReply behind = new CopyReply.Accepted(true, null, 4, List.of("key"));
    CopyReply located = new CopyReply.Located(4, false, List.of());

    CopyReply.Answers alike = CopyReply.Answers.of(List.of(granted, granted, granted));
    assertThat(text(alike))
        .isEqualTo(
            "{\"type\":\"answers\",\"replies\":[{\"type\":\"accepted\",\"granted\":true,"
                + "\"store\":4}],\"times\":3}");
    assertThat(all(again(alike, CopyReply.Answers.class)))
        .containsExactly(granted, granted, granted);
    for (List<CopyReply> others :
        List.of(
            List.of(granted, behind, granted),
            List.of(located, located),
            List.of(granted),
            List.<CopyReply>of())) {
      CopyReply.Answers answers = CopyReply.Answers.of(others);
      assertThat(answers.times()).isZero();
      assertThat(all(again(answers, CopyReply.Answers.class))).isEqualTo(others);
    }
  }

  private static List<CopyReply> all(CopyReply.Answers answers) {
    return IntStream.range(0, answers.size()).mapToObj(answers::reply).toList();
  }

  private static String text(Object message) {
    return new String(JsonBinding.standard().write(message), StandardCharsets.UTF_8);
  }

  private static <T> T again(T message, Class<T> type) {
    byte[] bytes = JsonBinding.standard().write(message);
    return JsonBinding.standard().read(bytes, 0, bytes.length, type);
  }
}
