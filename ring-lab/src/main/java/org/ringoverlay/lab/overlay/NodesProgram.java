package org.ringoverlay.lab.overlay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.id.Id;
import org.ringoverlay.lab.process.NodesProcess;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.transport.netty.NettyLoops;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * The program of a JVM with some real nodes. It is told what to do on its standard input, a command
 * a line, answers on its standard output, and is gone as soon as its input ends: so it does not
 * outlive who started it, however that ends.
 *
 * <table>
 *   <caption>The commands</caption>
 *   <tr><td>{@code agree ID…}</td><td>says {@code agreed MICROS} as soon as all its nodes see just
 *       these, alive, and since when they have</td></tr>
 *   <tr><td>{@code ask RATE MILLIS SEED}</td><td>looks random IDs up, so many a second, with a deadline
 *       of so many milliseconds</td></tr>
 *   <tr><td>{@code finish}</td><td>stops, and tells each lookup and each delivery</td></tr>
 * </table>
 *
 * Moments are microseconds of the system's clock, which all processes of a machine share.
 */
final class NodesProgram {
  private static final String SERVICE = "where";
  private static final int LOOPS = 2;

  /** The request, which has nothing to say. */
  record Where() {}

  /** The reply: which node, and when. */
  record Here(String node, long atMicros) {}

  private final List<Ring> rings = new ArrayList<>();
  private final Agreement agreement;
  private final ConcurrentLinkedQueue<String> records = new ConcurrentLinkedQueue<>();
  private final AtomicInteger open = new AtomicInteger(1);
  private final CountDownLatch allEnded = new CountDownLatch(1);
  private volatile Duration deadline = Duration.ofSeconds(1);
  private volatile boolean finishing;

  private NodesProgram(int nodes) {
    this.agreement = new Agreement(nodes);
  }

  /** Starts so many nodes, which join at the seeds; without any the first of them founds. */
  static NodesProcess start(
      String name, int nodes, List<String> seeds, Map<String, String> settings) throws IOException {
    var arguments = new ArrayList<String>();
    arguments.add(Integer.toString(nodes));
    settings.forEach((setting, value) -> arguments.add(setting + "=" + value));
    arguments.addAll(seeds);
    return NodesProcess.start(
        new NodesProcess.Plan(
            name, List.of(), NodesProcess.SMALL, NodesProgram.class, arguments, null));
  }

  /**
   * Runs until its input ends.
   *
   * @param args how many nodes, settings as {@code name=value}, and the addresses of seeds; without
   *     any the first node founds
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    var program = new NodesProgram(Integer.parseInt(args[0]));
    try (var commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      var beginning =
          new Thread(() -> program.begin(List.of(args).subList(1, args.length)), "begin");
      beginning.setDaemon(true);
      beginning.start();
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        program.obey(List.of(line.split(" ", -1)));
      }
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }

  /** Starts the nodes beside the commands, for the input may end before they are ready. */
  private void begin(List<String> arguments) {
    var seeds = new ArrayList<String>();
    var settings = new TreeMap<String, String>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 0) {
        seeds.add(argument);
      } else {
        settings.put(argument.substring(0, equals), argument.substring(equals + 1));
      }
    }
    try {
      NettyLoops loops = NettyLoops.shared(LOOPS);
      for (int i = 0; i < agreement.nodes; i++) {
        var builder =
            Ring.builder()
                .transport(loops)
                .extensions(List.of())
                .observer(agreement)
                .service(RingService.of(SERVICE, Where.class, (where, context) -> here(context)));
        settings.forEach(builder::set);
        if (!seeds.isEmpty()) {
          builder.seeds(seeds);
        } else if (i > 0) {
          builder.seeds(List.of(rings.get(0).address()));
        }
        Ring ring = builder.startAndAwait();
        rings.add(ring);
        say("node " + ring.id() + " " + ring.address());
      }
      say("ready");
    } catch (RuntimeException failed) {
      say("failed " + failed);
    }
  }

  private CompletableFuture<Here> here(org.ringoverlay.Context context) {
    var here = new Here(context.ring().id().toString(), now());
    records.add("served - " + context.target() + " " + here.node() + " " + here.atMicros());
    return CompletableFuture.completedFuture(here);
  }

  private void obey(List<String> words) throws InterruptedException {
    switch (words.get(0)) {
      case "agree" -> {
        var wanted = new TreeSet<Id>();
        words.subList(1, words.size()).forEach(word -> wanted.add(Id.parse(word)));
        agreement.want(wanted);
      }
      case "ask" -> {
        deadline = Duration.ofMillis(Long.parseLong(words.get(2)));
        ask(Double.parseDouble(words.get(1)), Long.parseLong(words.get(3)));
      }
      case "finish" -> finish();
      default -> say("failed there is no command " + words.get(0));
    }
  }

  private void ask(double perSecond, long seed) {
    double meanNanos = 1e9 * rings.size() / perSecond;
    var seeds = new SplittableRandom(seed);
    for (Ring ring : rings) {
      var chance = seeds.split();
      ring.scheduler().execute(() -> next(ring, chance, meanNanos));
    }
    say("asking");
  }

  private void next(Ring ring, SplittableRandom chance, double meanNanos) {
    long wait = 1 + (long) (-Math.log(1 - chance.nextDouble()) * meanNanos);
    ring.scheduler()
        .schedule(
            wait,
            () -> {
              if (!finishing) {
                lookUp(ring, Id.of(chance.nextLong(), chance.nextLong(), chance.nextInt()));
                next(ring, chance, meanNanos);
              }
            });
  }

  private void lookUp(Ring ring, Id target) {
    open.incrementAndGet();
    long asked = now();
    ring.ask(
            SERVICE,
            target,
            new Where(),
            Here.class,
            AskOptions.defaults().within(deadline).reading())
        .whenComplete(
            (here, error) -> {
              records.add(
                  here != null
                      ? found(asked, target, here)
                      : "missed " + asked + " " + target + " " + error);
              ended();
            });
  }

  private static String found(long asked, Id target, Here here) {
    return "found "
        + asked
        + " "
        + target
        + " "
        + here.node()
        + " "
        + here.atMicros()
        + " "
        + now();
  }

  private void ended() {
    if (open.decrementAndGet() == 0) {
      allEnded.countDown();
    }
  }

  private void finish() throws InterruptedException {
    finishing = true;
    ended();
    allEnded.await();
    records.forEach(NodesProgram::say);
    say("finished");
  }

  static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  private static synchronized void say(String line) {
    System.out.println(line.replace('\n', ' '));
  }

  /** Whether all nodes of this process see just those that they are to see. */
  private static final class Agreement implements RingObserver {
    final int nodes;
    private final TreeMap<Id, RingView> views = new TreeMap<>();
    private @Nullable Set<Id> wanted;
    private long since;
    private boolean said;

    Agreement(int nodes) {
      this.nodes = nodes;
    }

    @Override
    public synchronized void viewChanged(RingView view) {
      views.put(view.self(), view);
      look();
    }

    synchronized void want(Set<Id> these) {
      if (!these.equals(wanted)) {
        wanted = these;
        since = 0;
      }
      said = false;
      look();
    }

    private void look() {
      Set<Id> these = wanted;
      if (these == null) {
        return;
      }
      boolean agree =
          views.size() == nodes && views.values().stream().allMatch(v -> sees(v, these));
      since = !agree ? 0 : since == 0 ? now() : since;
      if (agree && !said) {
        said = true;
        say("agreed " + since);
      }
    }

    private static boolean sees(RingView view, Set<Id> these) {
      List<Member> members = view.members();
      return members.size() == these.size()
          && members.stream()
              .allMatch(m -> m.state() == MemberState.ALIVE && these.contains(m.id()));
    }
  }
}
