package org.ringoverlay.lab;

import com.sun.management.ThreadMXBean;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.id.Id;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.ConnectionHandler;
import org.ringoverlay.spi.OutboundFrame;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.spi.TransportProvider;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ring bench sim}. */
@Command(
    name = "sim",
    description =
        "Frames that the simulator takes from one real node to another in a second of one core, each"
            + " written and read by the codec, beside frames that no node looks at.")
final class SimBench implements Callable<Integer> {
  private static final int FRAMES_PER_SECOND_HELD_TO = 300_000;
  private static final Duration STEP = Duration.ofMillis(5);
  private static final int FRAME_BYTES_MAX = 1 << 20;

  @Option(names = "--nodes", defaultValue = "50", description = "Nodes (${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--outstanding",
      defaultValue = "64",
      description = "Requests that wait at any moment (${DEFAULT-VALUE}).")
  private int outstanding;

  @Option(
      names = "--frames",
      defaultValue = "1000000",
      description = "Frames of each side in a round; two rounds more warm up (${DEFAULT-VALUE}).")
  private long frames;

  @Option(names = "--rounds", defaultValue = "5", description = "Rounds (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--check",
      description = "End with 1 unless a core does at least 300,000 frames a second.")
  private boolean check;

  @Override
  public Integer call() throws Exception {
    if (nodes < 2 || outstanding < 1 || frames < 1 || rounds < 1) {
      System.err.println("At least 2 nodes, and 1 request, frame and round are needed.");
      return 2;
    }
    PrintStream out = System.out;
    out.printf(
        Locale.ROOT,
        "simulated frames: %d nodes, %d outstanding, one thread%n",
        nodes,
        outstanding);
    out.println(
        "                     frames/s   CPU µs/frame   frames/s of a core   bytes allocated");
    var bare = new Bare(outstanding);
    var ring = new Requests(nodes, outstanding);
    for (int warmUp = 0; warmUp < 2; warmUp++) {
      measure(bare);
      measure(ring);
    }
    var bareReadings = new ArrayList<Reading>();
    var ringReadings = new ArrayList<Reading>();
    for (int round = 0; round < rounds; round++) {
      bareReadings.add(print(out, "no nodes", measure(bare)));
      ringReadings.add(print(out, "ring", measure(ring)));
    }
    Reading bareMedian = print(out, "no nodes, median", median(bareReadings));
    Reading ringMedian = print(out, "ring, median", median(ringReadings));
    out.printf(
        Locale.ROOT,
        "the simulator itself is at most %.0f %% of a frame's cost%n",
        100 * bareMedian.cpuMicros() / ringMedian.cpuMicros());
    boolean holds = 1e6 / ringMedian.cpuMicros() >= FRAMES_PER_SECOND_HELD_TO;
    if (check) {
      out.println((holds ? "holds" : "does NOT hold") + ": ≥ 300,000 frames/s of a core");
    }
    return check && !holds ? 1 : 0;
  }

  private static Reading print(PrintStream out, String what, Reading reading) {
    out.printf(
        Locale.ROOT,
        "%-18s %,11.0f %14.2f %,20.0f %,17.0f%n",
        what,
        reading.perSecond(),
        reading.cpuMicros(),
        1e6 / reading.cpuMicros(),
        reading.bytesAllocated());
    return reading;
  }

  /**
   * What a round took.
   *
   * @param cpuMicros CPU of a frame on the simulation's thread, which does everything; the
   *     compiler's and collector's threads are left out
   */
  private record Reading(double perSecond, double cpuMicros, double bytesAllocated) {}

  private Reading measure(Load load) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Simulation simulation = load.simulation();
    long thread = Thread.currentThread().getId();
    long allocatedBefore = threads.getThreadAllocatedBytes(thread);
    long cpuBefore = threads.getCurrentThreadCpuTime();
    long begun = System.nanoTime();
    long before = simulation.framesSent();
    while (simulation.framesSent() - before < frames) {
      simulation.run(STEP);
    }
    double sent = simulation.framesSent() - before;
    long took = System.nanoTime() - begun;
    long cpu = threads.getCurrentThreadCpuTime() - cpuBefore;
    long allocated = threads.getThreadAllocatedBytes(thread) - allocatedBefore;
    return new Reading(sent * 1e9 / took, cpu / 1e3 / sent, allocated / sent);
  }

  private static Reading median(List<Reading> readings) {
    List<Reading> sorted =
        readings.stream().sorted(Comparator.comparingDouble(Reading::cpuMicros)).toList();
    return sorted.get(sorted.size() / 2);
  }

  /** Something that sends frames for as long as virtual time passes. */
  private interface Load {
    Simulation simulation();
  }

  /** Requests between the nodes of a ring, so many always under way, each answered as it came. */
  private static final class Requests implements Load {
    private final SimRing ring;
    private final Randomness chance = Simulation.chance(42, "bench");

    record Small(long number) {}

    Requests(int nodes, int outstanding) {
      Simulation simulation = Simulation.of(42).eventsMax(Long.MAX_VALUE / 2);
      this.ring =
          simulation.ring(
              nodes,
              plan ->
                  plan.service(
                      RingService.of(
                          "small",
                          Small.class,
                          (small, context) -> CompletableFuture.completedFuture(small))));
      ring.settle();
      for (int i = 0; i < outstanding; i++) {
        ask(i);
      }
    }

    private void ask(long number) {
      Ring asker = ring.node((int) chance.below(ring.size()));
      Id target = Id.of(chance.nextLong(), chance.nextLong(), (int) chance.nextLong());
      asker
          .ask("small", target, new Small(number), Small.class)
          .whenComplete(
              (small, error) -> {
                if (error != null) {
                  throw new IllegalStateException("a request failed", error);
                }
                ask(number);
              });
    }

    @Override
    public Simulation simulation() {
      return ring.simulation();
    }
  }

  /** Frames thrown back and forth between processes that are no nodes. */
  private static final class Bare implements Load, ConnectionHandler {
    private static final int FRAME_BYTES = 120;

    private final Simulation simulation = Simulation.of(42).eventsMax(Long.MAX_VALUE / 2);
    private final int outstanding;
    private boolean served;

    private static final OutboundFrame FRAME =
        new OutboundFrame() {
          private final byte[] bytes = new byte[FRAME_BYTES];

          @Override
          public int sizeBytes() {
            return FRAME_BYTES;
          }

          @Override
          public void writeTo(ByteBuffer target) {
            target.put(bytes);
          }
        };

    Bare(int outstanding) {
      this.outstanding = outstanding;
      Transport listening = transport("listening");
      listening.listen("listening:1", () -> this);
      Transport calling = transport("calling");
      calling.scheduler().execute(() -> calling.connect("listening:1", this));
    }

    private Transport transport(String host) {
      TransportProvider provider = simulation.host(host).transport();
      return provider.create(
          Settings.defaults(provider.settings()), FRAME_BYTES_MAX, RingObserver.NONE);
    }

    @Override
    public void opened(Connection connection) {
      for (int i = 0; !served && i < outstanding; i++) {
        connection.send(FRAME);
      }
      served = true;
    }

    @Override
    public void received(Connection connection, byte[] frame) {
      connection.send(FRAME);
    }

    @Override
    public void closed(String reason) {
      throw new IllegalStateException(reason);
    }

    @Override
    public Simulation simulation() {
      return simulation;
    }
  }
}
