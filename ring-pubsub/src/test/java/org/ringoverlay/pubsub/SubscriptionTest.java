package org.ringoverlay.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.ringoverlay.json.Json;

class SubscriptionTest {
  private final List<String> heard = new ArrayList<>();
  private final List<CompletableFuture<Void>> works = new ArrayList<>();
  private final Here home = new Here();

  private static final class Here implements Subscription.Home {
    int failures;
    int firstFailures;
    int gaps;
    int cancelled;

    @Override
    public boolean onLoop(Runnable task) {
      task.run();
      return true;
    }

    @Override
    public void resumes() {}

    @Override
    public void paused() {}

    @Override
    public void handed() {}

    @Override
    public void gapTold(Gap gap, boolean toLog) {
      gaps++;
    }

    @Override
    public void handlerFailed(String topic, Throwable why, boolean first) {
      failures++;
      firstFailures += first ? 1 : 0;
    }

    @Override
    public CompletionStage<Void> cancelled(Subscription subscription) {
      cancelled++;
      return CompletableFuture.completedFuture(null);
    }
  }

  private Subscription subscription(Function<Event, CompletionStage<?>> handler, int window) {
    return new Subscription(
        "t", handler, gap -> heard.add(gap.from() + "-" + gap.to()), window, home);
  }

  private CompletionStage<?> quick(Event event) {
    heard.add("" + event.seq());
    return CompletableFuture.completedFuture(null);
  }

  private CompletionStage<?> slow(Event event) {
    heard.add("" + event.seq());
    var work = new CompletableFuture<Void>();
    works.add(work);
    return work;
  }

  private static Event event(long seq) {
    return new Event("t", seq, Json.of(seq));
  }

  @Test
  void keepsWhatComesBeforeItsGraftIsKnown() {
    Subscription subscription = subscription(this::quick, 10);
    subscription.offer(event(4));
    subscription.offer(event(6));
    assertThat(heard).isEmpty();

    subscription.grafted(5);
    subscription.offer(event(7));

    assertThat(heard).containsExactly("6", "7");
    assertThat(subscription.head()).isEqualTo(5);
  }

  @Test
  void handsOverOneEventAtATime() {
    Subscription subscription = subscription(this::slow, 10);
    subscription.grafted(0);
    subscription.offer(event(1));
    subscription.offer(event(2));
    assertThat(heard).containsExactly("1");

    works.get(0).complete(null);

    assertThat(heard).containsExactly("1", "2");
  }

  @Test
  void tellsASlowHandlerOfTheGapInItsPlace() {
    Subscription subscription = subscription(this::slow, 2);
    subscription.grafted(0);
    assertThat(subscription.offer(event(1))).isTrue();
    assertThat(subscription.offer(event(2))).isTrue();
    assertThat(subscription.offer(event(3))).isTrue();
    assertThat(subscription.offer(event(4))).isFalse();
    assertThat(subscription.offer(event(5))).isFalse();
    works.get(0).complete(null);
    subscription.offer(event(6));
    for (int i = 1; i < works.size(); i++) {
      works.get(i).complete(null);
    }

    assertThat(heard).containsExactly("1", "2", "3", "4-5", "6");
  }

  @Test
  void boundsWhatWaitsWhateverComes() {
    Subscription subscription = subscription(this::slow, 2);
    subscription.grafted(0);
    for (int i = 1; i <= 10_000; i++) {
      subscription.offer(event(i));
      subscription.offerGap(new Gap("t", 1, 1));
    }
    for (int i = 0; i < works.size(); i++) {
      works.get(i).complete(null);
    }

    assertThat(heard).hasSizeLessThan(20);
  }

  @Test
  void goesOnAfterAHandlerThrew() {
    Subscription subscription =
        subscription(
            event -> {
              quick(event);
              throw new IllegalStateException("broken");
            },
            10);
    subscription.grafted(0);
    subscription.offer(event(1));
    subscription.offer(event(2));

    assertThat(heard).containsExactly("1", "2");
    assertThat(home.failures).isEqualTo(2);
    assertThat(home.firstFailures).isEqualTo(1);
  }

  @Test
  void goesOnAfterAStageFailed() {
    Subscription subscription = subscription(this::slow, 10);
    subscription.grafted(0);
    subscription.offer(event(1));
    subscription.offer(event(2));
    works.get(0).completeExceptionally(new IllegalStateException("broken"));

    assertThat(heard).containsExactly("1", "2");
    assertThat(home.failures).isEqualTo(1);
  }

  @Test
  void aHandlerMayCancelItsOwnSubscription() {
    var self = new ArrayList<Subscription>();
    Subscription subscription =
        subscription(
            event -> {
              self.get(0).cancel();
              return quick(event);
            },
            10);
    self.add(subscription);
    subscription.offer(event(1));
    subscription.offer(event(2));
    subscription.grafted(0);

    assertThat(heard).containsExactly("1");
    assertThat(subscription.isActive()).isFalse();
    assertThat(home.cancelled).isEqualTo(1);
    assertThat(subscription.cancel().toCompletableFuture()).isCompleted();
    assertThat(home.cancelled).isEqualTo(1);
  }

  @Test
  void tellsNoGapOfWhatLiesBelowItsHead() {
    Subscription subscription = subscription(this::quick, 10);
    subscription.grafted(10);
    subscription.offerGap(new Gap("t", 3, 8));
    subscription.offerGap(new Gap("t", 9, 12));

    assertThat(heard).containsExactly("11-12");
    assertThat(home.gaps).isEqualTo(1);
  }
}
