package org.ringoverlay.lab.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.ringoverlay.testkit.Simulation;
import picocli.CommandLine;

/** The profiles at a size at which they take no time, and the SWIM that they are compared with. */
class OverlayTest {
  private static final Swim.Limits LIMITS =
      new Swim.Limits(800_000_000L, 250_000_000L, 1_000_000_000L, 3);

  private static int burn(String... arguments) {
    return new CommandLine(new OverlayCommand()).execute(arguments);
  }

  @Test
  void aSmallRingHoldsWhatItIsHeldTo() {
    assertThat(burn("--profile", "small,kill", "--nodes", "20", "--lookups", "500", "--quiet"))
        .isZero();
  }

  @Test
  void aProfileThatDoesNotExistIsSaidToBeNone() {
    assertThat(burn("--profile", "smal")).isEqualTo(2);
  }

  @Test
  void framesAreCountedByWhatTheyAre() {
    var counts = new FrameCounts();
    Simulation world = Simulation.of(1);
    byte[] beat = "__{\"type\":\"beat\",\"digest\":1}".getBytes(StandardCharsets.US_ASCII);
    beat[1] = 1;
    counts.sent(world.host("a"), world.host("b"), beat);
    counts.sent(world.host("a"), world.host("b"), new byte[] {0, 2, 0});
    assertThat(counts.beats().frames()).isEqualTo(1);
    assertThat(counts.maintenance().frames()).isZero();
    assertThat(counts.bySort()).extracting(each -> each.getKey()).contains("beat", "(request)");
  }

  @Test
  void swimFindsTheDeadAndNobodyElse() {
    Simulation world = Simulation.of(3);
    var dead = new TreeSet<Integer>();
    for (int member = 0; member < 10; member++) {
      new Swim(world, member, 10, LIMITS, dead::add);
    }
    world.run(Duration.ofSeconds(30));
    assertThat(dead).isEmpty();
    world.host(Swim.name(4)).crashSilently();
    world.run(Duration.ofSeconds(30));
    assertThat(dead).containsExactly(4);
  }
}
