package org.ringoverlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

class ContextTest {
  private final RingException unavailable = new RingException.Unavailable("not now");

  private final Context context =
      new Context() {
        @Override
        public Ring ring() {
          throw new AssertionError("not asked for here");
        }

        @Override
        public Id target() {
          return Id.ZERO;
        }

        @Override
        public Id origin() {
          return Id.ZERO;
        }

        @Override
        public Duration timeLeft() {
          return Duration.ZERO;
        }

        @Override
        public String requestId() {
          return "1";
        }

        @Override
        public int hops() {
          return 0;
        }
      };

  private static RingException told(CompletionStage<?> stage) {
    var result = new CompletableFuture<RingException>();
    var unused =
        stage.whenComplete((value, failure) -> result.complete(Context.told("It", failure)));
    return result.join();
  }

  @Test
  void errorThatTheHandlerGivesOnPurposeIsToldHoweverFarItWasHandedOn() {
    CompletionStage<Object> failed = context.fail(unavailable);
    assertThat(told(failed)).isSameAs(unavailable);
    assertThat(told(failed.thenApply(value -> value).thenCompose(value -> failed)))
        .isSameAs(unavailable);
    assertThat(Context.told("It", new ExecutionException(new Told(unavailable))))
        .isSameAs(unavailable);
  }

  @Test
  void refusalsAreGivenOnPurpose() {
    assertThat(told(context.refuse("busy"))).isInstanceOf(RingException.Refused.class);
    assertThat(told(context.refuse("busy", Duration.ofMillis(7))).retryAfterMillis()).hasValue(7);
  }

  @Test
  void errorOfACallThatTheHandlerMadeDoesNotSpeakForTheRequest() {
    for (RingException inner :
        List.of(
            unavailable,
            new RingException.Timeout("x"),
            new RingException.NoRoute("x"),
            new RingException.Refused("x"),
            new RingException.NotOwner("x", null),
            new RingException.Closed("x"),
            new RingException.Incompatible("x"),
            RingException.Incompatible.unknownService("x"))) {
      for (Throwable failure : List.of(inner, new CompletionException(inner))) {
        assertThat(Context.told("It", failure))
            .as(inner.code())
            .isInstanceOf(RingException.HandlerFailed.class)
            .hasMessageContaining("It failed")
            .hasMessageContaining(inner.code());
      }
    }
  }

  @Test
  void errorThatInvitesNoRepetitionPasses() {
    for (RingException error :
        List.of(
            new RingException.InvalidInput("x"),
            new RingException.Denied("x"),
            new RingException.Conflict("k", OptionalLong.empty(), OptionalLong.of(1), null, null),
            new RingException.OutcomeUnknown("x", false),
            new RingException.HandlerFailed("x"))) {
      assertThat(Context.told("It", new CompletionException(error))).isSameAs(error);
    }
  }

  @Test
  void unknownOutcomeOfAnInnerCallDoesNotMakeARepetitionSafe() {
    assertThat(Context.told("It", new RingException.OutcomeUnknown("x", true)))
        .isInstanceOfSatisfying(
            RingException.OutcomeUnknown.class,
            unknown -> assertThat(unknown.retrySafe()).isFalse());
  }

  @Test
  void whatIsNoErrorOfTheFamilyIsAFailureOfTheHandler() {
    assertThat(Context.told("It", new IllegalStateException("broke")))
        .isInstanceOf(RingException.HandlerFailed.class)
        .hasMessageContaining("broke");
  }
}
