package org.ringoverlay.console.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.LeaveReport;
import org.ringoverlay.console.gateway.Backend;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;

@Timeout(60)
class DrainTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration WITHIN = Duration.ofSeconds(77);

  private final CompletableFuture<LeaveReport> leave = new CompletableFuture<>();
  private final AtomicInteger leaves = new AtomicInteger();
  private final Drain drain =
      new Drain(
          within -> {
            assertThat(within).isEqualTo(WITHIN);
            leaves.incrementAndGet();
            return leave;
          },
          WITHIN);

  private static Backend.Drained drained(
      boolean draining, boolean left, Map<String, String> unfinished) {
    return new Backend.Drained(draining, WITHIN, left, unfinished);
  }

  private static Settings set(String timeout) {
    return Settings.resolve(
        List.of(Drain.TIMEOUT),
        List.of(new Settings.Source("a test", Map.of(Drain.TIMEOUT.name(), timeout))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1ms", "100s", "60m", "1h"})
  void aNodeMayTakeAnHourAtMost(String timeout) {
    assertThat(Drain.within(set(timeout)).toNanos()).isEqualTo(Setting.durationNanos(timeout));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "61m", "100d"})
  void noTimeAtAllAndMoreThanAnHourAreRefusedBeforeThereIsAnythingToDrain(String timeout) {
    assertThatThrownBy(() -> Drain.within(set(timeout)))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessage(
            "The setting ring.drain.timeout (from a test) is more than nothing and at most 1h, not"
                + " '"
                + timeout
                + "'.");
  }

  private Backend.Drained look(Duration wait) throws Exception {
    return drain.look(wait).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void whoDoesNotWaitIsToldHowItIsNow() throws Exception {
    assertThat(look(Duration.ZERO)).isEqualTo(drained(false, false, Map.of()));
    drain.begin();
    drain.begin();
    assertThat(leaves).hasValue(1);
    assertThat(look(Duration.ZERO)).isEqualTo(drained(true, false, Map.of()));
    leave.complete(new LeaveReport(Map.of(), Map.of("dht", "late"), Duration.ZERO));
    assertThat(look(LONG)).isEqualTo(drained(true, true, Map.of("dht", "late")));
    assertThat(drain.waiting()).isZero();
  }

  @Test
  void whoWaitsIsToldAsSoonAsItHasLeft() throws Exception {
    var waiting = drain.look(LONG).toCompletableFuture();
    drain.begin();
    assertThat(waiting).isNotDone();
    assertThat(drain.waiting()).isOne();
    leave.complete(new LeaveReport(Map.of(), Map.of(), Duration.ZERO));
    assertThat(waiting).isCompletedWithValue(drained(true, true, Map.of()));
    assertThat(drain.waiting()).isZero();
  }

  @Test
  void aWaitEndsAndLeavesNothingBehind() throws Exception {
    assertThat(look(Duration.ofMillis(20))).isEqualTo(drained(false, false, Map.of()));
    assertThat(drain.waiting()).isZero();
  }

  @Test
  void aNodeThatClosedBeforeItHadLeftDidNotLeave() {
    var waiting = drain.look(LONG).toCompletableFuture();
    drain.begin();
    leave.completeExceptionally(new RingException.Closed("too early"));
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(RingException.Closed.class);
    assertThatThrownBy(() -> look(LONG)).hasRootCauseInstanceOf(RingException.Closed.class);
    assertThat(drain.report()).isCompletedExceptionally();
  }

  @Test
  void onlyWhatBeganHasLastWords() {
    assertThat(drain.lastWords()).isCompleted();
    drain.begin();
    assertThat(drain.lastWords().toCompletableFuture()).isNotDone();
    leave.completeExceptionally(new RingException.Closed("too early"));
    assertThat(drain.lastWords()).succeedsWithin(Duration.ofSeconds(20));
  }
}
