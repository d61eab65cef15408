package org.ringoverlay.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.Refusal;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

class ErrorJsonTest {

  static Stream<RingException> errors() {
    return Stream.of(
        new RingException.Timeout("late"),
        new RingException.NoRoute("lost"),
        new RingException.NoRoute("lost", OptionalLong.empty()),
        new RingException.Refused("busy"),
        new RingException.Refused(
            "all",
            List.of(new Refusal(Id.MAX, "full"), new Refusal(Id.ZERO, "")),
            OptionalLong.of(9)),
        new RingException.Conflict("k", OptionalLong.of(1), OptionalLong.of(2), "[ 1.0 ]", "null"),
        new RingException.Conflict(
            "k\u0000ü", OptionalLong.empty(), OptionalLong.of(2), null, "{}"),
        new RingException.Conflict("k", OptionalLong.of(1), OptionalLong.empty(), "null", null),
        RingException.Conflict.mustExist("k", "1"),
        new RingException.OutcomeUnknown("who knows", true),
        new RingException.OutcomeUnknown("who knows", false),
        new RingException.NotOwner("not me", Id.of("x")),
        new RingException.NotOwner("not me", null),
        new RingException.Unavailable("down", OptionalLong.of(250)),
        new RingException.Incompatible("old"),
        RingException.Incompatible.unknownService("what"),
        RingException.Incompatible.notBuilt("later"),
        new RingException.InvalidInput("bad"),
        RingException.InvalidInput.tooLarge("big"),
        RingException.InvalidInput.keyReused("again"),
        new RingException.HandlerFailed("broke", new IllegalStateException("secret")),
        new RingException.Denied("no"),
        RingException.Denied.unauthenticated("who"),
        new RingException.Closed("bye"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void everyErrorComesBackTheSame(RingException error) {
    Json json = Json.parse(ErrorJson.toJson(error).bytes());
    RingException back = ErrorJson.fromJson(json);
    assertThat(back).hasSameClassAs(error).hasMessage(error.getMessage()).hasNoCause();
    assertThat(back.code()).isEqualTo(error.code());
    assertThat(back.hint()).isEqualTo(error.hint());
    assertThat(back.retrySafe()).isEqualTo(error.retrySafe());
    assertThat(back.retryAfterMillis()).isEqualTo(error.retryAfterMillis());
    if (error instanceof RingException.Conflict conflict) {
      assertThat(back)
          .usingRecursiveComparison()
          .comparingOnlyFields("key", "expected", "currentVersion", "attempted", "current")
          .isEqualTo(conflict);
    }
    if (error instanceof RingException.Refused refused) {
      assertThat(((RingException.Refused) back).refusals()).isEqualTo(refused.refusals());
      assertThat(((RingException.Refused) back).reason()).isEqualTo(refused.reason());
    }
    if (error instanceof RingException.NotOwner notOwner) {
      assertThat(((RingException.NotOwner) back).owner()).isEqualTo(notOwner.owner());
    }
    assertThat(ErrorJson.toJson(back)).isEqualTo(json);
    assertThat(json.toString()).doesNotContain("secret");
  }

  @Test
  void aConflictCarriesValuesAsDeepAsTheyMayBe() {
    String deep = "[".repeat(Json.DEPTH_MAX) + "]".repeat(Json.DEPTH_MAX);
    var conflict =
        new RingException.Conflict("k", OptionalLong.of(1), OptionalLong.of(2), deep, deep);

    byte[] sent = ErrorJson.toJson(conflict).bytes();
    RingException back = ErrorJson.fromJson(ErrorJson.parse(sent, 0, sent.length));

    assertThat(back)
        .usingRecursiveComparison()
        .comparingOnlyFields("key", "expected", "currentVersion", "attempted", "current")
        .isEqualTo(conflict);
  }

  @Test
  void theFormIsTheDocumentedOne() {
    assertThat(
            ErrorJson.toJson(new RingException.Refused("busy", List.of(new Refusal(Id.ZERO, "r")))))
        .hasToString(
            "{\"code\":\"refused\",\"message\":\"busy\",\"hint\":\"Nothing changed. Wait,"
                + " then send it again, or ask another"
                + " node.\",\"retrySafe\":true,\"details\":{\"reason\":\"busy\",\"refusals\":"
                + "[{\"node\":\""
                + Id.ZERO
                + "\",\"reason\":\"r\"}]}}");
    assertThat(
            ErrorJson.toJson(
                    new RingException.Conflict(
                        "k", OptionalLong.of(1), OptionalLong.empty(), "1", null))
                .at("/details")
                .orElseThrow())
        .hasToString(
            "{\"key\":\"k\",\"expectedVersion\":\"1\",\"currentVersion\":null,\"attempted\":1}");
    assertThat(
            ErrorJson.toJson(new RingException.Closed("bye")).at("/retryAfterMillis").orElseThrow())
        .hasToString("1000");
  }

  @Test
  void anErrorOfANewerNodeKeepsItsText() {
    RingException error =
        ErrorJson.fromJson(
            Json.parse(
                "{\"code\":\"quota\\u001b[1m\",\"message\":\"too many\\n"
                    + "keys\",\"hint\":\"Delete some.\","
                    + "\"retrySafe\":true,\"details\":{\"limit\":7},\"since\":\"9\"}"));
    assertThat(error)
        .isInstanceOf(RingException.Incompatible.class)
        .hasMessage("an error this version does not know, 'quota': too many keys (Delete some.)");
    assertThat(error.retrySafe()).isFalse();
  }

  @Test
  void fieldsThatANewerNodeAddsAreIgnored() {
    assertThat(
            ErrorJson.fromJson(
                Json.parse(
                    "{\"code\":\"timeout\",\"message\":\"m\",\"more\":[1],\"details\":{\"x\":1}}")))
        .isInstanceOf(RingException.Timeout.class)
        .hasMessage("m");
    assertThat(ErrorJson.fromJson(Json.parse("{\"code\":\"refused\"}"))).hasMessage("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "{}",
        "{\"code\":null}",
        "{\"code\":5}",
        "{\"code\":\"conflict\"}",
        "{\"code\":\"conflict\",\"details\":{\"key\":\"k\",\"expectedVersion\":\"x\"}}",
        "{\"code\":\"conflict\",\"details\":[]}",
        "{\"code\":\"timeout\",\"retrySafe\":1}",
        "{\"code\":\"not-owner\",\"details\":{\"owner\":\"x\"}}",
        "{\"code\":\"refused\",\"details\":{\"refusals\":[{}]}}",
        "{\"code\":\"refused\",\"details\":{\"refusals\":[{\"reason\":\"x\"}]}}",
        "{\"code\":\"refused\",\"details\":{\"refusals\":[null]}}",
        "{\"code\":\"closed\",\"retryAfterMillis\":1e9}"
      })
  void whatIsNoErrorIsInvalidInput(String text) {
    assertThatExceptionOfType(RingException.InvalidInput.class)
        .isThrownBy(() -> ErrorJson.fromJson(Json.parse(text)));
  }
}
