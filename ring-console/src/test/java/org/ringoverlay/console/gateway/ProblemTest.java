package org.ringoverlay.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringoverlay.error.Refusal;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

class ProblemTest {
  static Stream<Arguments> table() {
    return Stream.of(
        Arguments.of(400, "invalid-input", new RingException.InvalidInput("x")),
        Arguments.of(401, "unauthenticated", RingException.Denied.unauthenticated("x")),
        Arguments.of(403, "denied", new RingException.Denied("x")),
        Arguments.of(404, "unknown-service", RingException.Incompatible.unknownService("x")),
        Arguments.of(409, "not-owner", new RingException.NotOwner("x", null)),
        Arguments.of(412, "conflict", conflict(OptionalLong.of(17), "{\"n\":1}")),
        Arguments.of(413, "too-large", RingException.InvalidInput.tooLarge("x")),
        Arguments.of(422, "key-reused", RingException.InvalidInput.keyReused("x")),
        Arguments.of(500, "handler-failed", new RingException.HandlerFailed("x")),
        Arguments.of(501, "incompatible", new RingException.Incompatible("x")),
        Arguments.of(501, "not-built", RingException.Incompatible.notBuilt("x")),
        Arguments.of(429, "refused", new RingException.Refused("x")),
        Arguments.of(503, "no-route", new RingException.NoRoute("x")),
        Arguments.of(503, "unavailable", new RingException.Unavailable("x")),
        Arguments.of(503, "closed", new RingException.Closed("x")),
        Arguments.of(504, "timeout", new RingException.Timeout("x")),
        Arguments.of(504, "outcome-unknown", new RingException.OutcomeUnknown("x", false)));
  }

  private static RingException conflict(OptionalLong version, String value) {
    return new RingException.Conflict("k", OptionalLong.of(3), version, null, value);
  }

  private static Json body(Reply.Whole reply) {
    assertThat(reply.contentType()).isEqualTo("application/problem+json");
    return Json.parse(reply.body());
  }

  @ParameterizedTest
  @MethodSource("table")
  void everyCodeHasItsStatus(int status, String code, RingException error) {
    Reply.Whole reply =
        Problem.of(new CompletionException(error), Problem.Kind.BARE).reply(Problem.Kind.BARE);
    assertThat(reply.status()).isEqualTo(status);
    Json body = body(reply);
    assertThat(body.at("/code")).contains(Json.of(code));
    assertThat(body.at("/status")).contains(Json.of(status));
    assertThat(body.at("/detail").orElseThrow().as(String.class)).isEqualTo(error.getMessage());
    assertThat(body.at("/hint").orElseThrow().as(String.class)).isEqualTo(error.hint());
    assertThat(body.at("/retrySafe")).contains(Json.of(error.retrySafe()));
    assertThat(body.at("/type")).isPresent();
    assertThat(body.at("/title")).isPresent();
    assertThat(reply.headers().containsKey("Retry-After"))
        .isEqualTo(status == 503 || status == 429);
  }

  @Test
  void aConflictCarriesTheCurrentVersionAndValue() {
    RingException error = conflict(OptionalLong.of(17), "{\"n\": 1}");
    Reply.Whole reply = Problem.of(error, Problem.Kind.BARE).reply(Problem.Kind.BARE);
    assertThat(reply.headers()).containsEntry("ETag", "\"17\"");
    assertThat(body(reply).at("/current").orElseThrow())
        .hasToString("{\"version\":\"17\",\"value\":{\"n\": 1}}");
  }

  @Test
  void aConflictWithNothingThereSaysNull() {
    RingException error = conflict(OptionalLong.empty(), null);
    Reply.Whole reply = Problem.of(error, Problem.Kind.BARE).reply(Problem.Kind.BARE);
    assertThat(reply.headers()).doesNotContainKey("ETag");
    assertThat(body(reply).at("/current").orElseThrow().isNull()).isTrue();
  }

  @Test
  void anAnycastThatNobodyTookNamesTheRefusals() {
    var all = new RingException.Refused("all", List.of(new Refusal(Id.of("a"), "busy")));
    Reply.Whole reply = Problem.of(all, Problem.Kind.ANYCAST).reply(Problem.Kind.ANYCAST);
    assertThat(reply.status()).isEqualTo(503);
    assertThat(body(reply).at("/refusals").orElseThrow())
        .hasToString("[{\"node\":\"" + Id.of("a") + "\",\"reason\":\"busy\"}]");
    var nobody = new RingException.Refused("nobody", List.of());
    reply = Problem.of(nobody, Problem.Kind.ANYCAST).reply(Problem.Kind.ANYCAST);
    assertThat(reply.status()).isEqualTo(503);
    assertThat(body(reply).at("/refusals").orElseThrow()).hasToString("[]");
  }

  @Test
  void anUnknownOutcomeMayBeRepeatedOnlyUnderAKeyOrAVersion() {
    var unknown = new RingException.OutcomeUnknown("x", true);
    assertThat(Problem.of(unknown, Problem.Kind.BARE).retrySafe()).isFalse();
    assertThat(Problem.of(unknown, Problem.Kind.GUARDED).retrySafe()).isTrue();
  }

  @Test
  void aWaitIsRoundedUpToWholeSeconds() {
    var soon = new RingException.Refused("x", List.of(), OptionalLong.of(1_001));
    assertThat(Problem.of(soon, Problem.Kind.BARE).reply(Problem.Kind.BARE).headers())
        .containsEntry("Retry-After", "2");
  }

  @Test
  void aFaultOfTheProgramTellsNothingOfItself() {
    Reply.Whole reply =
        Problem.of(new IllegalStateException("secret"), Problem.Kind.BARE).reply(Problem.Kind.BARE);
    assertThat(reply.status()).isEqualTo(500);
    assertThat(new String(reply.body(), java.nio.charset.StandardCharsets.UTF_8))
        .doesNotContain("secret");
  }
}
