package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.ringoverlay.id.Id;
import org.ringoverlay.testkit.junit.RingTest;
import org.ringoverlay.testkit.schedule.Playback;
import org.ringoverlay.testkit.schedule.Schedule;

/** Whatever a schedule holds, afterwards it is one ring again. */
class ScheduledRingTest {
  @RingTest(nodes = 6, seeds = 6)
  void becomesOneRingAgainAfterAnySchedule(Simulation world, Schedule schedule) {
    var echo = new Echo();
    SimRing ring =
        world.ring(
            6,
            plan -> {
              echo.prepare(plan);
              if (plan.index() % 2 == 0) {
                plan.durable();
              }
            });
    ring.settle();
    Playback playback = schedule.playOn(ring);
    int asked = 0;
    for (long passed = 0; passed < schedule.lastsMillis(); passed += 500) {
      for (int index : ring.running()) {
        if (ring.isReady(index)) {
          Id target = Id.of("key " + asked);
          ring.node(index).ask("echo", target, new Echo.Say(asked++), Echo.Said.class);
        }
      }
      ring.run(Duration.ofMillis(500));
    }
    playback.calm();
    ring.settle(Duration.ofSeconds(90));
    assertThat(playback.struck()).isGreaterThanOrEqualTo(schedule.size() - 1);
  }
}
