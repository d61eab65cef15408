package org.ringoverlay.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.testkit.junit.RingTest;
import org.ringoverlay.testkit.schedule.Schedule;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * One bug for each built-in invariant. Every method here fails, and is meant to: the name keeps the
 * class out of the build, where {@link PlantedBugsTest} runs it and sees that it fails.
 */
class PlantedBugs {
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

  @RingTest
  void aNodeForgetsItself(Simulation simulation) {
    var gossips = gossips(simulation);
    gossips.get(1).breaksBy(gossip -> gossip.view(Arcs.standard(), List.of(0, 2)));
    simulation.run(LONG_ENOUGH);
  }

  @RingTest
  void aNodeSeesAnotherTwice(Simulation simulation) {
    var gossips = gossips(simulation);
    gossips.get(0).breaksBy(gossip -> gossip.view(Arcs.standard(), List.of(0, 1, 2, 2)));
    simulation.run(LONG_ENOUGH);
  }

  @RingTest
  void aNodeCutsTheCircleOtherwise(Simulation simulation) {
    var gossips = gossips(simulation);
    gossips.get(2).breaksBy(gossip -> gossip.view(Arcs.of(3), List.of(0, 1, 2)));
    simulation.run(LONG_ENOUGH);
  }

  @RingTest
  void aCrashedProcessGoesOnSending(Simulation simulation) {
    Host host = simulation.host("zombie");
    Peer zombie = Peer.on(host);
    Peer.on(simulation.host("other")).listening(1);
    zombie.connect("other:1");
    simulation.run(Duration.ofSeconds(1));
    simulation.after(randomly(simulation), host::crash);
    simulation.after(LONG_ENOUGH, () -> zombie.send(1));
    simulation.run(LONG_ENOUGH.multipliedBy(2));
  }

  @RingTest
  void aClockGoesBack(Simulation simulation) {
    gossips(simulation);
    simulation.after(
        randomly(simulation), () -> simulation.host("g1").jumpClock(Duration.ofSeconds(-1)));
    simulation.run(LONG_ENOUGH);
  }

  @RingTest
  void aHandlerRunsTwice(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            3,
            plan -> {
              RingService<Echo.Say> once =
                  simulation
                      .watch()
                      .counted(
                          plan.host(),
                          RingService.of("echo", Echo.Say.class, (say, context) -> done(say)));
              plan.builder().service(new Twice(once));
            });
    for (int number = 0; number < 100; number++) {
      Id target = Id.of("key " + number);
      ring.await(ring.node(number % 3).ask("echo", target, new Echo.Say(number), Echo.Say.class));
    }
  }

  /** A count that only its root's memory holds goes down when the root dies. */
  @RingTest(nodes = 5, incidents = 45)
  void aCountIsKeptByItsRootAlone(Simulation simulation, Schedule schedule) {
    Id target = Id.of("count");
    SimRing ring =
        simulation.ring(
            5,
            plan -> {
              var count = new AtomicInteger();
              plan.service(
                  RingService.of(
                      "count",
                      Echo.Say.class,
                      (say, context) -> done(new Echo.Say(count.incrementAndGet()))));
            });
    var highest = new AtomicInteger();
    var wentDown = new AtomicBoolean();
    schedule.playOn(ring);
    for (long passed = 0; passed < schedule.lastsMillis(); passed += 500) {
      int asker = ring.running().get(0);
      if (ring.isReady(asker)) {
        ring.node(asker)
            .ask("count", target, new Echo.Say(0), Echo.Say.class)
            .thenAccept(
                said ->
                    wentDown.compareAndSet(
                        false, said.number() < highest.getAndSet(said.number())));
      }
      ring.run(Duration.ofMillis(500));
      if (wentDown.get()) {
        throw simulation.failure("The count went down to " + highest);
      }
    }
  }

  private static CompletionStage<Echo.Say> done(Echo.Say say) {
    return CompletableFuture.completedFuture(say);
  }

  private static Duration randomly(Simulation simulation) {
    return Duration.ofNanos(Chance.of(simulation.seed(), "planted").below(5_000_000_000L));
  }

  private static List<Gossip> gossips(Simulation simulation) {
    var gossips = new ArrayList<Gossip>();
    for (int i = 0; i < 3; i++) {
      gossips.add(new Gossip(simulation, i));
    }
    return gossips;
  }

  /** Hands every request whose number ends in 7 to its handler twice, as a lost window would. */
  private record Twice(RingService<Echo.Say> service) implements RingService<Echo.Say> {
    @Override
    public String name() {
      return service.name();
    }

    @Override
    public Class<Echo.Say> requestType() {
      return service.requestType();
    }

    @Override
    public CompletionStage<?> handle(Echo.Say say, Context context) {
      return say.number() % 10 == 7
          ? service.handle(say, context).thenCompose(first -> service.handle(say, context))
          : service.handle(say, context);
    }
  }

  /** A process that claims to be a node: it has a view, and wakes up now and then. */
  private static final class Gossip implements RingWatch.Subject {
    private final Simulation simulation;
    private final int number;
    private final Peer peer;
    private RingView view;

    Gossip(Simulation simulation, int number) {
      this.simulation = simulation;
      this.number = number;
      Host host = simulation.host("g" + number);
      this.peer = Peer.on(host);
      this.view = view(Arcs.standard(), List.of(0, 1, 2));
      simulation.watch().watch(host, this);
      tick();
    }

    private void tick() {
      long wait = 1 + peer.transport.randomness().below(20_000_000);
      peer.transport.scheduler().schedule(wait, this::tick);
    }

    void breaksBy(java.util.function.Function<Gossip, RingView> bug) {
      peer.transport
          .scheduler()
          .schedule(randomly(simulation).toNanos(), () -> view = bug.apply(this));
    }

    RingView view(Arcs arcs, List<Integer> members) {
      return new RingView(0, id(), arcs, members.stream().map(member -> memberOf(member)).toList());
    }

    private static Member memberOf(int number) {
      return new Member(
          idOf(number),
          1,
          "g" + number + ":1",
          "",
          java.util.Map.of(),
          List.of(),
          MemberState.ALIVE);
    }

    private static Id idOf(int number) {
      return Id.of("gossip " + number);
    }

    @Override
    public Id id() {
      return idOf(number);
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public RingView view() {
      return view;
    }
  }
}
