package org.ringoverlay.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;

class FamiliesTest {

  record Person(String name, int age) {}

  record Generic<T>(T item, List<T> items) {}

  sealed interface Command permits Put, Delete, Nested {}

  record Put(String key, Json value, @Nullable Command then) implements Command {}

  @TypeName("remove")
  record Delete(String key) implements Command {}

  sealed interface Nested extends Command permits Noop, Batch {}

  record Noop() implements Nested {}

  record Batch(List<Command> commands, Map<String, Command> named, Optional<Command> last)
      implements Nested {}

  sealed interface Clashing permits Outer.Same, Same {}

  record Same() implements Clashing {}

  static final class Outer {
    record Same() implements Clashing {}
  }

  sealed interface Typed permits HasType {}

  record HasType(String type) implements Typed {}

  sealed interface Mixed permits Plain, Alone {}

  static final class Plain implements Mixed {}

  record Alone(int x) implements Mixed {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  interface Gadget {}

  record Annotated(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object any, int x)
      implements Gadget {}

  @Test
  void aFamilysVariantCarriesItsNameFirstHoweverItIsReached() {
    Put put = new Put("k", Json.parse("[ 1 ]"), new Delete("d"));
    String text =
        "{\"type\":\"put\",\"key\":\"k\",\"value\":[ 1"
            + " ],\"then\":{\"type\":\"remove\",\"key\":\"d\"}}";
    assertThat(Json.of(put)).hasToString(text);
    assertThat(Json.of(List.of(put))).hasToString("[" + text + "]");
    assertThat(Json.of(Map.of("x", Optional.of(put)))).hasToString("{\"x\":" + text + "}");
    assertThat(Json.of(new Object[] {put})).hasToString("[" + text + "]");
    assertThat(Json.of(new Noop())).hasToString("{\"type\":\"noop\"}");
    assertThat(Json.of(new Generic<>(new Noop(), List.of(new Noop()))))
        .hasToString("{\"item\":{\"type\":\"noop\"},\"items\":[{\"type\":\"noop\"}]}");
    assertThat(Json.parse(text).as(Command.class)).isEqualTo(put);
    assertThat(Json.parse(text).as(Put.class)).isEqualTo(put);
  }

  @Test
  void familiesNestInEveryContainer() {
    Batch batch =
        new Batch(
            List.of(new Noop(), new Put("k", Json.of(1), null)),
            Map.of("a", new Delete("x")),
            Optional.of(new Batch(List.of(), Map.of(), Optional.empty())));
    Json json = Json.of(batch);
    assertThat(json.as(Command.class)).isEqualTo(batch);
    assertThat(json.as(Nested.class)).isEqualTo(batch);
    assertThat(json.as(Batch.class)).isEqualTo(batch);
    assertThat(Json.of(List.of(batch)).as(Command[].class)).containsExactly(batch);
  }

  @Test
  void theTypeMayStandAnywhereAndBytesBeforeItAreKept() {
    assertThat(
            Json.parse(
                    "{ \"value\" : {\"type\":\"x\", \"n\":1.0} , \"key\":\"k\", \"\\u0074ype\" :"
                        + " \"put\"}")
                .as(Command.class))
        .isEqualTo(new Put("k", Json.parse("{\"type\":\"x\", \"n\":1.0}"), null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"\\u001b[31mnope\"}",
        "{\"type\":\"Put\"}",
        "{\"type\":\"delete\"}",
        "{\"type\":\"nested\"}",
        "{\"type\":\"org.ringoverlay.json.StandardBindingTest$Put\"}",
        "{\"type\":5}",
        "{\"type\":null}",
        "{\"type\":{\"type\":\"put\"}}",
        "{\"key\":\"k\"}",
        "{}"
      })
  void anUnknownOrMissingTypeIsRefusedNamingTheKnownOnes(String text) {
    assertThat(refusal(text, Command.class))
        .endsWith("known here: batch, noop, put, remove")
        .doesNotContain("\u001b")
        .hasSizeLessThan(300);
    refusal("[" + text + "]", Command[].class);
    refusal(text, Put.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[\"put\",{}]", "\"put\"", "1", "{\"put\":{}}", "true"})
  void otherWaysToNameATypeAreRefused(String text) {
    refusal(text, Command.class);
  }

  @Test
  void anotherVariantIsNotReadAsThisOne() {
    assertThat(refusal("{\"type\":\"remove\",\"key\":\"k\"}", Put.class))
        .contains("unknown type 'remove'; known here: put");
    refusal("{\"type\":\"remove\",\"key\":\"k\"}", Nested.class);
    refusal("null", Command.class);
  }

  @Test
  void aFamilyThatCannotWorkIsRefusedAtFirstUse() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.of(new Same()))
        .withMessageContaining("same type name");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.parse("{\"type\":\"same\"}").as(Clashing.class));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.of(new HasType("x")))
        .withMessageContaining("'type'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.parse("{\"type\":\"hasType\"}").as(Typed.class));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.parse("{\"type\":\"alone\"}").as(Mixed.class));
    assertThat(Json.of(new Alone(1))).hasToString("{\"x\":1}");
  }

  @Test
  void hostile18NamesOfClassesOnTheWireAreJustText() {
    String gadget =
        "\"@class\":\"javax.swing.JEditorPane\",\"@type\":\"java.net.URL\",\"type\":\"x\"";
    assertThat(Json.parse("{" + gadget + ",\"name\":\"n\",\"age\":1}").as(Person.class))
        .isEqualTo(new Person("n", 1));
    assertThat(Json.parse("{" + gadget + "}").as(Object.class)).isInstanceOf(Map.class);
    assertThat(Json.parse("[\"java.net.URL\",\"http://x\"]").as(Object.class))
        .isEqualTo(List.of("java.net.URL", "http://x"));
    // Even where a type's own annotations ask for it.
    assertThat(
            Json.parse("{\"any\":[\"java.io.File\",\"/tmp\"],\"x\":1}").as(Annotated.class).any())
        .isEqualTo(List.of("java.io.File", "/tmp"));
    assertThat(Json.of(new Annotated("a", 1))).hasToString("{\"any\":\"a\",\"x\":1}");
    String named = "{\"@class\":\"" + Annotated.class.getName() + "\",\"x\":1}";
    assertThatIllegalArgumentException().isThrownBy(() -> Json.parse(named).as(Gadget.class));
  }

  /**
   * The message with which the standard binding refuses the text, both checked and unchecked
   * before.
   */
  private static String refusal(String text, Class<?> type) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String[] messages = new String[2];
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .as("%s as %s", text, type)
        .isThrownBy(() -> JsonBinding.standard().read(bytes, 0, bytes.length, type))
        .withNoCause()
        .satisfies(error -> messages[0] = error.getMessage());
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .as("%s as %s", text, type)
        .isThrownBy(() -> Json.parse(text).as(type))
        .satisfies(error -> messages[1] = error.getMessage());
    assertThat(messages[0]).isEqualTo(messages[1]);
    return messages[0];
  }
}
