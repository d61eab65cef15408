package org.ringoverlay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.FakeLoop.MILLIS;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.internal.call.Services;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.fake.FakeLoop;
import org.ringoverlay.internal.fake.FakeObserver;
import org.ringoverlay.internal.fake.FakeWay;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.json.Json;
import org.ringoverlay.json.JsonBinding;

class TypedServiceTest {
  private record Greet(String name, int times) {}

  private final List<Greet> seen = new ArrayList<>();

  private RingException errorOf(
      String json, BiFunction<? super Greet, ? super Context, ? extends CompletionStage<?>> work) {
    var loop = new FakeLoop(1);
    var way = new FakeWay();
    var services =
        new Services(
            Facts.node(1),
            new Services.Limits(10, 10_000, 10, 1_000 * MILLIS),
            way,
            loop,
            loop,
            new FakeObserver());
    services.register(
        new TypedService<>(
            null, RingService.of("greeter", Greet.class, work), JsonBinding.standard()));
    byte[] payload = json.getBytes(UTF_8);
    services.deliver(
        new Envelope(
            Kind.REQUEST,
            0,
            1,
            16,
            0,
            Facts.node(1),
            Facts.node(2),
            1,
            1,
            1,
            1,
            1_000_000,
            "greeter",
            payload,
            0,
            payload.length));
    Envelope answer = way.last();
    assertThat(services.inFlight()).isZero();
    return ErrorJson.fromJson(Json.parse(answer.array(), answer.offset(), answer.length()));
  }

  @Test
  void handlerThatReturnsNullInsteadOfAStageHasFailed() {
    assertThat(
            errorOf(
                "{\"name\":\"a\",\"times\":1}",
                (greet, context) -> {
                  seen.add(greet);
                  return null;
                }))
        .isInstanceOf(RingException.HandlerFailed.class)
        .hasMessageContaining("greeter");
    assertThat(seen).containsExactly(new Greet("a", 1));
  }

  @Test
  void requestThatDoesNotFitTheTypeNeverReachesTheHandler() {
    for (String json :
        List.of("", "7", "{\"times\":\"x\"}", "{\"times\":1e999999999}", "{\"a\":1,\"a\":2}")) {
      assertThat(
              errorOf(
                  json,
                  (greet, context) -> {
                    seen.add(greet);
                    return null;
                  }))
          .as(json)
          .isInstanceOf(RingException.InvalidInput.class);
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void handlerThatThrowsTheErrorOfAnotherCallHasFailed() {
    assertThat(
            errorOf(
                "{\"name\":\"a\",\"times\":1}",
                (greet, context) -> {
                  throw new RingException.Timeout("of a call of its own");
                }))
        .isInstanceOf(RingException.HandlerFailed.class)
        .hasMessageContaining("of a call of its own");
  }
}
