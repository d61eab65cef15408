package org.ringoverlay.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.id.Id;

/** A run with everything in it that could differ from one JVM to the next. */
final class SameSeedRun {
  static final long SEED = 20_260_101;

  private SameSeedRun() {}

  /** Prints the trace's hash. */
  @SuppressWarnings("SystemOut") // read by the test that forks this program
  public static void main(String[] arguments) {
    System.out.println(hash(SEED));
  }

  static String hash(long seed) {
    Simulation simulation = Simulation.of(seed);
    SimRing ring =
        simulation.ring(
            5,
            plan -> {
              new Echo().prepare(plan);
              plan.durable().builder().label("zone", "z" + plan.index() % 2);
            });
    simulation.faults(
        Faults.none()
            .withLoss(0.05)
            .withDuplication(0.01)
            .withReordering(0.01)
            .withReset(0.001)
            .withPartitions(Duration.ofSeconds(10), Duration.ofSeconds(3))
            .withPauses(Duration.ofSeconds(7), Duration.ofSeconds(2)));
    var answers = new ArrayList<CompletionStage<?>>();
    for (int number = 0; number < 400; number++) {
      if (number == 200) {
        ring.kill(2);
      }
      if (number == 300) {
        ring.beginRestart(2);
      }
      int from = number % 5 == 2 ? 0 : number % 5;
      answers.add(
          ring.node(from)
              .ask("echo", Id.of("key " + number), new Echo.Say(number), Echo.Said.class));
      ring.run(Duration.ofMillis(50));
    }
    long failed =
        answers.stream()
            .filter(answer -> answer.toCompletableFuture().isCompletedExceptionally())
            .count();
    return Long.toHexString(simulation.traceHash()) + " " + simulation.events() + " " + failed;
  }
}
