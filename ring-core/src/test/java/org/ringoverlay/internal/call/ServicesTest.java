package org.ringoverlay.internal.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.ringoverlay.internal.fake.FakeLoop.MILLIS;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.fake.FakeLoop;
import org.ringoverlay.internal.fake.FakeObserver;
import org.ringoverlay.internal.fake.FakeWay;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.view.RingView;

class ServicesTest {
  private static final Id SELF = Facts.node(1);
  private static final Id ASKER = Facts.node(2);

  private record Handler(String name, int inFlightMax, Consumer<Inbound> work)
      implements ByteService {
    @Override
    public void handle(Inbound request) {
      work.accept(request);
    }

    @Override
    public void gained(IdRange range) {}

    @Override
    public void lost(IdRange range) {}

    @Override
    public void changed(RingView view) {}

    @Override
    public CompletionStage<Long> leaving() {
      return CompletableFuture.completedFuture(0L);
    }

    @Override
    public CompletionStage<Long> stopping() {
      return leaving();
    }
  }

  private final FakeLoop loop = new FakeLoop(1);
  private final FakeWay way = new FakeWay();
  private final FakeObserver observer = new FakeObserver();
  private final Services services =
      new Services(
          SELF, new Services.Limits(100, 1 << 20, 10, 60_000 * MILLIS), way, loop, loop, observer);
  private final List<Inbound> kept = new ArrayList<>();

  @BeforeEach
  void register() {
    services.register(new Handler("echo", 10, inbound -> inbound.reply("1".getBytes(UTF_8))));
    services.register(new Handler("slow", 2, kept::add));
  }

  private static Envelope request(String service, long sequence, long micros) {
    return new Envelope(
        Kind.REQUEST,
        0,
        1,
        16,
        0,
        SELF,
        ASKER,
        1,
        sequence,
        1,
        1,
        micros,
        service,
        new byte[0],
        0,
        0);
  }

  private Envelope deliver(String service, long sequence) {
    services.deliver(request(service, sequence, 100_000));
    return way.sent.isEmpty() ? null : way.last();
  }

  private static RingException error(Envelope answer) {
    assertThat(answer.kind()).isEqualTo(Kind.FAILURE);
    assertThat(answer.has(Envelope.FROM_ROUTER)).isFalse();
    return ErrorJson.fromJson(Json.parse(answer.array(), answer.offset(), answer.length()));
  }

  private Services.Status status(String name) {
    return services.status().stream()
        .filter(status -> status.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void answersGoStraightToTheNodeThatAsked() {
    Envelope answer = deliver("echo", 1);
    assertThat(way.sent.get(0).hop()).isEqualTo(ASKER);
    assertThat(answer.kind()).isEqualTo(Kind.REPLY);
    assertThat(answer.target()).isEqualTo(ASKER);
    assertThat(answer.origin()).isEqualTo(SELF);
    assertThat(answer.has(Envelope.DIRECT)).isTrue();
    assertThat(answer.sequence()).isEqualTo(1);
    assertThat(status("echo").handled()).isEqualTo(1);
    assertThat(services.inFlight()).isZero();
  }

  @Test
  void replyThatTheNextNodeWouldNotTakeIsAFailureOfTheHandler() {
    way.outcome = Connection.Sent.TOO_LONG;
    Envelope answer = deliver("echo", 1);
    assertThat(way.sent).as("the reply, and the failure in its place").hasSize(2);
    assertThat(error(answer).code()).isEqualTo("handler-failed");
    assertThat(observer.count("trouble")).as("that one did not fit either").isEqualTo(1);
  }

  @Test
  void answersToThisVeryNodeAreDeliveredHere() {
    Envelope own = request("echo", 1, 1_000);
    services.deliver(
        new Envelope(
            own.kind(), 0, 0, 16, 0, SELF, SELF, 1, 1, 1, 1, 1_000, "echo", new byte[0], 0, 0));
    assertThat(way.sent).isEmpty();
    assertThat(way.delivered).hasSize(1);
  }

  @Test
  void unknownServiceIsAnsweredByItsOwnCodeAndWithoutRawText() {
    RingException error = error(deliver("no\r\nERROR\u001b[31msuch", 1));
    assertThat(error.code()).isEqualTo("unknown-service");
    assertThat(error.getMessage()).doesNotContain("\n", "\r", "\u001b");
  }

  @Test
  void repeatIsAnsweredAlikeWithoutRunningAgain() {
    var runs = new ArrayList<Inbound>();
    services.register(
        new Handler(
            "count",
            10,
            inbound -> {
              runs.add(inbound);
              inbound.reply(Integer.toString(runs.size()).getBytes(UTF_8));
            }));
    Envelope first = deliver("count", 1);
    Envelope second = deliver("count", 1);
    assertThat(runs).hasSize(1);
    assertThat(second).isEqualTo(first);
    assertThat(way.sent).hasSize(2);
    assertThat(status("count").repeated()).isEqualTo(1);
    assertThat(observer.count("repeated")).isEqualTo(1);
  }

  @Test
  void failureIsRepeatedAlikeToo() {
    services.register(
        new Handler("no", 10, inbound -> inbound.fail(new RingException.Refused("no"))));
    assertThat(deliver("no", 1)).isEqualTo(deliver("no", 1));
    assertThat(status("no").refused()).isEqualTo(1);
  }

  @Test
  void repeatOfARequestInWorkWaitsForItsAnswer() {
    deliver("slow", 1);
    deliver("slow", 1);
    assertThat(kept).hasSize(1);
    assertThat(way.sent).isEmpty();
    kept.get(0).reply("1".getBytes(UTF_8));
    assertThat(way.sent).hasSize(1);
  }

  @Test
  void repeatOfARequestThatWasForgottenIsToldThatItsOutcomeIsUnknown() {
    deliver("echo", 1);
    loop.advance(61_000 * MILLIS);
    services.tidy();
    assertThat(error(deliver("echo", 1))).isInstanceOf(RingException.OutcomeUnknown.class);
  }

  @Test
  void oneRequestTooManyIsRefusedAndItsRepeatMayRunLater() {
    deliver("slow", 1);
    deliver("slow", 2);
    assertThat(error(deliver("slow", 3))).isInstanceOf(RingException.Refused.class);
    assertThat(status("slow").refused()).isEqualTo(1);
    assertThat(status("slow").inFlight()).isEqualTo(2);
    assertThat(deliver("echo", 4).kind()).as("others go on").isEqualTo(Kind.REPLY);
    kept.get(0).reply("1".getBytes(UTF_8));
    deliver("slow", 3);
    assertThat(kept).hasSize(3);
  }

  @Test
  void requestWhoseDeadlineHasPassedDoesNotRun() {
    services.deliver(request("slow", 1, 0));
    assertThat(error(way.last())).isInstanceOf(RingException.Timeout.class);
    assertThat(kept).isEmpty();
    deliver("slow", 1);
    assertThat(kept).as("a later repeat with time left may").hasSize(1);
  }

  @Test
  void handlerThatThrowsFailsItsRequestAlone() {
    services.register(
        new Handler(
            "broken",
            1,
            inbound -> {
              throw new IllegalStateException("boom\u001b[31m");
            }));
    RingException error = error(deliver("broken", 1));
    assertThat(error).isInstanceOf(RingException.HandlerFailed.class);
    assertThat(error.getMessage()).contains("boom").doesNotContain("\u001b");
    assertThat(error(deliver("broken", 2))).as("the place is free again").isNotNull();
    assertThat(status("broken").failed()).isEqualTo(2);
    assertThat(services.inFlight()).isZero();
  }

  @Test
  void handlerThatThrowsARefusalRefuses() {
    services.register(
        new Handler(
            "full",
            1,
            inbound -> {
              throw new RingException.Refused("full");
            }));
    assertThat(error(deliver("full", 1))).isInstanceOf(RingException.Refused.class);
  }

  @Test
  void handlerThatBreaksAnAssertionFailsItsRequestAndTheLoopHearsOfIt() {
    services.register(
        new Handler(
            "asserting",
            1,
            inbound -> {
              throw new AssertionError("never");
            }));
    Assertions.assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> deliver("asserting", 1));
    assertThat(error(way.last())).isInstanceOf(RingException.HandlerFailed.class);
    assertThat(services.inFlight()).isZero();
  }

  @Test
  void handlerThatEndsTwiceIsHeardOnce() {
    deliver("slow", 1);
    Inbound inbound = kept.get(0);
    inbound.reply("1".getBytes(UTF_8));
    inbound.reply("2".getBytes(UTF_8));
    inbound.fail(new RingException.Refused("late"));
    assertThat(way.sent).hasSize(1);
    assertThat(services.inFlight()).isZero();
    assertThat(status("slow").handled()).isEqualTo(1);
    assertThat(status("slow").failed()).isZero();
  }

  @Test
  void handlerThatNeverEndsHoldsItsPlaceOnlyUntilTheDeadline() {
    deliver("slow", 1);
    deliver("slow", 2);
    loop.advance(100 * MILLIS - 1);
    assertThat(error(deliver("slow", 3))).isInstanceOf(RingException.Refused.class);
    loop.advance(1);
    deliver("slow", 4);
    assertThat(kept).hasSize(3);
    assertThat(services.inFlight()).isEqualTo(1);
    assertThat(error(deliver("slow", 1))).isInstanceOf(RingException.OutcomeUnknown.class);
    int answers = way.sent.size();
    kept.get(0).reply("late".getBytes(UTF_8));
    assertThat(way.sent).as("too late").hasSize(answers);
  }

  @Test
  void housekeepingEndsWhatNeverEnded() {
    deliver("slow", 1);
    loop.advance(100 * MILLIS);
    services.tidy();
    assertThat(error(way.last())).isInstanceOf(RingException.OutcomeUnknown.class);
    assertThat(services.inFlight()).isZero();
  }

  @Test
  void answerThatCannotBeSentIsToldToTheObserverAndKeptForARepeat() {
    way.outcome = Connection.Sent.FULL;
    deliver("echo", 1);
    assertThat(observer.count("trouble")).isEqualTo(1);
    way.outcome = Connection.Sent.QUEUED;
    assertThat(deliver("echo", 1).kind()).isEqualTo(Kind.REPLY);
    assertThat(status("echo").handled()).isEqualTo(1);
  }

  @Test
  void namesAreCheckedWhenAServiceIsRegistered() {
    for (String name : List.of("", "x".repeat(129), "ü".repeat(65), "a\nb", "echo")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> services.register(new Handler(name, 1, inbound -> {})));
    }
    services.register(new Handler("ü".repeat(64), 1, inbound -> {}));
    assertThat(services.names()).containsExactly("echo", "slow", "ü".repeat(64));
  }
}
