package org.ringoverlay.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.internal.wire.LinkMessage;

/** What the reference must name, it names. */
class ReferenceTest {
  private static final Path ERRORS = Path.of("docs", "reference", "errors.md");
  private static final Path WIRE = Path.of("docs", "reference", "wire.md");

  /** Codes of the gateway that no error of the family has. */
  private static final List<String> GATEWAY_CODES = List.of("not-found", "method");

  @Test
  void everyErrorHasItsAnchor() throws ReflectiveOperationException {
    var codes = new TreeSet<String>(GATEWAY_CODES);
    for (Class<?> error : RingException.class.getPermittedSubclasses()) {
      for (RingException made : examples(error)) {
        codes.add(made.code());
        assertThat(made.anchor()).isEqualTo("docs/reference/errors.md#" + made.code());
      }
    }
    assertThat(codes).contains("timeout", "unknown-service", "key-reused", "unauthenticated");
    assertThat(Pages.anchors(ERRORS)).containsAll(codes);
  }

  /** One of each code of a class: by its shortest constructor, and by each of its factories. */
  private static List<RingException> examples(Class<?> error) throws ReflectiveOperationException {
    var examples = new ArrayList<RingException>();
    for (Constructor<?> constructor : error.getConstructors()) {
      examples.add(
          (RingException) constructor.newInstance(samples(constructor.getParameterTypes())));
    }
    for (Method method : error.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())
          && Modifier.isStatic(method.getModifiers())
          && RingException.class.isAssignableFrom(method.getReturnType())) {
        examples.add((RingException) method.invoke(null, samples(method.getParameterTypes())));
      }
    }
    return examples;
  }

  private static Object[] samples(Class<?>[] types) {
    var samples = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      if (types[i] == String.class) {
        samples[i] = "sample";
      } else if (types[i] == boolean.class) {
        samples[i] = false;
      } else if (types[i] == java.util.OptionalLong.class) {
        samples[i] = java.util.OptionalLong.of(1);
      } else if (types[i] == List.class) {
        samples[i] = List.of();
      }
    }
    return samples;
  }

  @Test
  void theWirePageNamesEveryKindAndMessage() {
    String page = Pages.read(WIRE);
    for (Kind kind : Kind.values()) {
      assertThat(page).contains("`" + kind + "`");
    }
    for (String type : LinkMessage.TYPES) {
      assertThat(page).contains("| `" + type + "` |");
    }
  }
}
