package org.ringoverlay.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.LeaveReport;
import org.ringoverlay.Ring;
import org.ringoverlay.RingBuilder;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.RingView;

/**
 * A simulated ring: nodes 0, 1, 2 … on the hosts a, b, c …, with what a test does to them.
 *
 * <p>Node 0 founds; the others join it. While it lives the invariants of rings are checked: views
 * are sane, nodes that agree on the members divide the circle between them, and a handler gets a
 * request once. Used on the simulation's thread; the methods that wait run the simulation.
 */
public final class SimRing {
  static final int PORT = 1;
  private static final int LETTERS = 26;
  private static final Duration SETTLE_MAX_DEFAULT = Duration.ofMinutes(2);

  private final Simulation simulation;
  private final NodeSetup setup;
  private final RingWatch watch;
  private final List<Node> nodes = new ArrayList<>();

  /** Grows when a node became ready or went down. */
  private int epoch;

  private static final class Node {
    final Host host;
    @Nullable Ring ring;
    boolean up;

    /** Whether its process ended by itself, or failed to start, and nobody asked for that. */
    boolean ended;

    long readySince;

    Node(Host host) {
      this.host = host;
    }
  }

  /** What a ring's node shows to the watch. */
  private record Outside(Ring ring) implements RingWatch.Subject {
    @Override
    public Id id() {
      return ring.id();
    }

    @Override
    public boolean isReady() {
      return ring.isReady();
    }

    @Override
    public RingView view() {
      return ring.view();
    }
  }

  SimRing(Simulation simulation, NodeSetup setup, RingWatch watch) {
    this.simulation = simulation;
    this.setup = setup;
    this.watch = watch;
  }

  /** The world it runs in. */
  public Simulation simulation() {
    return simulation;
  }

  /** How many nodes were ever started, the dead ones among them. */
  public int size() {
    return nodes.size();
  }

  /** A node, which may be dead; one that is just starting is none yet. */
  public Ring node(int index) {
    Ring ring = nodes.get(index).ring;
    if (ring == null) {
      throw new IllegalStateException("node " + index + " has not become ready");
    }
    return ring;
  }

  /** Whether a node runs and has become ready. */
  public boolean isReady(int index) {
    Node node = nodes.get(index);
    Ring ring = node.ring;
    return node.up && ring != null && ring.isReady();
  }

  /**
   * Whether a node ended by itself or failed to start, as one does whose disk refuses what it has
   * to keep, and was not started again.
   */
  public boolean hasEnded(int index) {
    return nodes.get(index).ended;
  }

  /** The host of a node. */
  public Host host(int index) {
    return nodes.get(index).host;
  }

  /** The indexes of the nodes that were started and neither killed nor left. */
  public List<Integer> running() {
    return IntStream.range(0, nodes.size()).filter(i -> nodes.get(i).up).boxed().toList();
  }

  /** The index of the node with an ID, or of −1 if there is none that runs. */
  public int indexOf(Id id) {
    for (int i = 0; i < nodes.size(); i++) {
      Ring ring = nodes.get(i).ring;
      if (nodes.get(i).up && ring != null && ring.id().equals(id)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Knows the root of each ID, because it sees all nodes.
   *
   * @param grace how long a node that became ready, went on after a pause or was reached again
   *     after a partition may still be passed over by those who have not heard of it; zero is the
   *     letter of the rule
   */
  public RootOracle oracle(Duration grace) {
    return new RootOracle(this, grace);
  }

  int epoch() {
    return epoch;
  }

  /** The indexes of the nodes that became ready and are not known to be down. */
  List<Integer> joined() {
    return IntStream.range(0, nodes.size())
        .filter(i -> nodes.get(i).up && nodes.get(i).ring != null)
        .boxed()
        .toList();
  }

  /** Whether a node counts for the oracle: it runs, is ready and not frozen. */
  boolean counts(int index) {
    return isReady(index) && !nodes.get(index).host.isFrozen();
  }

  /** For how long nothing has happened that others must hear of before they know that it counts. */
  long steadyNanos(int index) {
    Node node = nodes.get(index);
    long since = Math.max(node.readySince, node.host.thawedAt());
    Network network = simulation.network();
    return network.engine.now() - Math.max(since, network.healedAt());
  }

  /** Whether messages find a way from one node to another and back, by others if need be. */
  boolean isReachable(int from, int to) {
    return !simulation.network().isAnythingCut()
        || from == to
        || reachableFrom(nodes.get(from)).contains(nodes.get(to));
  }

  /** The running node that ought to be root of an ID, as one who sees all nodes knows. */
  public int rootOf(Id target) {
    var members = new ArrayList<Member>();
    Ring any = null;
    for (Node node : nodes) {
      Ring ring = node.ring;
      if (node.up && ring != null) {
        any = ring;
        ring.view().find(ring.id()).ifPresent(members::add);
      }
    }
    if (any == null) {
      throw new IllegalStateException("no node runs");
    }
    Member root = new RingView(0, any.id(), any.view().arcs(), members).root(target);
    return root == null ? -1 : indexOf(root.id());
  }

  /** Starts more nodes at once and waits until all are ready. */
  public void add(int count) {
    var starting = new ArrayList<CompletionStage<Ring>>();
    for (int i = 0; i < count; i++) {
      starting.add(beginAdding());
    }
    starting.forEach(simulation::await);
  }

  /** Starts one more node and does not wait; one that fails to join counts as down. */
  public CompletionStage<Ring> beginAdding() {
    int index = nodes.size();
    nodes.add(new Node(simulation.host(hostName(index))));
    return begin(index);
  }

  private static String hostName(int index) {
    return index < LETTERS ? String.valueOf((char) ('a' + index)) : "n" + index;
  }

  private CompletionStage<Ring> begin(int index) {
    Node node = nodes.get(index);
    node.ring = null;
    node.ended = false;
    RingBuilder builder = Ring.builder();
    var plan = new NodePlan(index, node.host, builder, watch);
    boolean founds = index == 0 && node.host.processes() == 0;
    builder.seeds(founds ? List.of() : seedsOf(index));
    setup.prepare(plan);
    node.up = true;
    int process = node.host.processes() + 1;
    return builder
        .start()
        .whenComplete(
            (ring, error) -> {
              if (node.host.processes() != process) {
                return;
              }
              if (error != null) {
                node.up = false;
                node.ended = true;
              } else {
                node.ring = ring;
                node.readySince = simulation.network().engine.now();
                epoch++;
                watch.watch(node.host, new Outside(ring));
                var unused = ring.closed().thenRun(() -> ended(index, process));
              }
            });
  }

  private void ended(int index, int process) {
    Node node = nodes.get(index);
    if (node.up && node.host.processes() == process) {
      down(index);
      node.ended = true;
    }
  }

  private List<String> seedsOf(int index) {
    var seeds = new ArrayList<String>();
    for (int i = 0; i < nodes.size() && seeds.size() < 3; i++) {
      if (i != index && nodes.get(i).up && nodes.get(i).ring != null) {
        seeds.add(nodes.get(i).host.name() + ":" + PORT);
      }
    }
    if (seeds.isEmpty()) {
      // Nobody is known to run: the addresses of a configuration file, be they answered or not.
      for (int i = 0; i < nodes.size() && seeds.size() < 3; i++) {
        if (i != index) {
          seeds.add(nodes.get(i).host.name() + ":" + PORT);
        }
      }
    }
    return seeds;
  }

  /** Kills a node: its process dies, its system closes the connections. */
  public void kill(int index) {
    down(index);
    nodes.get(index).host.crash();
  }

  /** Cuts a node's power: nobody is told. */
  public void killSilently(int index) {
    down(index);
    nodes.get(index).host.crashSilently();
  }

  private void down(int index) {
    Node node = nodes.get(index);
    node.up = false;
    epoch++;
    watch.forget(node.host);
  }

  /** Stops a node's process without ending it. */
  public void freeze(int index) {
    nodes.get(index).host.freeze();
  }

  /** Lets a frozen node go on. */
  public void thaw(int index) {
    nodes.get(index).host.thaw();
  }

  /** Starts a killed node again and waits until it is ready. */
  public Ring restart(int index) {
    return simulation.await(beginRestart(index));
  }

  /** Starts a killed node again and does not wait. */
  public CompletionStage<Ring> beginRestart(int index) {
    if (nodes.get(index).up) {
      throw new IllegalStateException("node " + index + " runs; kill it first");
    }
    return begin(index);
  }

  /** Lets a node leave and waits until it has closed. */
  public LeaveReport leave(int index) {
    Ring ring = node(index);
    LeaveReport report = simulation.await(ring.leave());
    simulation.await(ring.closed());
    down(index);
    return report;
  }

  /**
   * Lets a node leave and does not wait; it counts as down when it has said goodbye.
   *
   * @return completes then
   */
  public CompletionStage<LeaveReport> beginLeave(int index) {
    return downAfter(index, node(index).leave());
  }

  /**
   * Lets a node stop, to come back with what its disk keeps, and does not wait; it counts as down
   * when it has said goodbye.
   *
   * @return completes then
   */
  public CompletionStage<LeaveReport> beginStop(int index) {
    return downAfter(index, node(index).stop());
  }

  private CompletionStage<LeaveReport> downAfter(int index, CompletionStage<LeaveReport> goodbye) {
    int process = nodes.get(index).host.processes();
    return goodbye.whenComplete(
        (report, error) -> {
          if (nodes.get(index).host.processes() == process) {
            down(index);
          }
        });
  }

  /** Cuts these nodes from all others, in both directions. */
  public Partition partition(Integer... some) {
    List<Integer> side = List.of(some);
    return simulation.cut(hosts(side), hosts(others(side)));
  }

  /** Cuts one direction: what the first nodes send does not reach the second. */
  public Partition cutOneWay(List<Integer> from, List<Integer> to) {
    return simulation.cutOneWay(hosts(from), hosts(to));
  }

  private List<Integer> others(Collection<Integer> side) {
    return IntStream.range(0, nodes.size()).filter(i -> !side.contains(i)).boxed().toList();
  }

  private List<Host> hosts(Collection<Integer> indexes) {
    return indexes.stream().map(index -> nodes.get(index).host).toList();
  }

  /** Heals every partition. */
  public void heal() {
    simulation.heal();
  }

  /** Lets time pass. */
  public void run(Duration time) {
    simulation.run(time);
  }

  /** Runs until a stage is complete. */
  public <T> T await(CompletionStage<T> stage) {
    return simulation.await(stage);
  }

  /** Settles within two minutes of virtual time; see {@link #settle(Duration)}. */
  public Duration settle() {
    return settle(SETTLE_MAX_DEFAULT);
  }

  /**
   * Runs until the nodes agree: each that runs and is not frozen is ready, sees alive exactly those
   * that it can reach, and suspects nobody.
   *
   * @return how long it took
   * @throws AssertionError if they do not agree within the time
   */
  public Duration settle(Duration longest) {
    Duration begin = simulation.elapsed();
    if (!simulation.runUntil(this::isSettled, longest)) {
      throw simulation.failure("The nodes did not agree within " + longest + ".");
    }
    return simulation.elapsed().minus(begin);
  }

  /** Whether the nodes agree now, in the sense of {@link #settle()}. */
  public boolean isSettled() {
    for (Node node : nodes) {
      if (counts(node) && !agrees(node)) {
        return false;
      }
    }
    return true;
  }

  private static boolean counts(Node node) {
    return node.up && !node.host.isFrozen();
  }

  private boolean agrees(Node node) {
    Ring ring = node.ring;
    if (ring == null || !ring.isReady()) {
      return false;
    }
    RingView view = ring.view();
    int expected = 0;
    for (Node other : reachableFrom(node)) {
      Ring theirs = other.ring;
      boolean seen =
          theirs != null
              && view.find(theirs.id())
                  .filter(member -> member.state() == org.ringoverlay.view.MemberState.ALIVE)
                  .isPresent();
      if (!seen) {
        return false;
      }
      expected++;
    }
    return expected == view.members().size();
  }

  /**
   * Checks that nodes that have come to rest form one ring on each side of all partitions: ordered,
   * connected, without appendages, each node in the leaf sets where it belongs.
   *
   * @param perSide how many neighbours a leaf set has on each side
   * @throws AssertionError that says what is wrong
   */
  public void checkShape(int perSide) {
    var seen = new ArrayList<Node>();
    for (Node node : nodes) {
      Ring ring = node.ring;
      if (counts(node) && ring != null && ring.isReady() && !seen.contains(node)) {
        List<Node> side = reachableFrom(node);
        seen.addAll(side);
        var views = new ArrayList<RingView>();
        for (Node each : side) {
          Ring theirs = each.ring;
          if (theirs != null && theirs.isReady()) {
            views.add(theirs.view());
          }
        }
        List<String> wrong = RingShape.problems(views, perSide);
        if (!wrong.isEmpty()) {
          throw simulation.failure("The nodes do not form a ring: " + String.join("; ", wrong));
        }
      }
    }
  }

  /** The nodes that count on this side of all partitions, this one among them. */
  private List<Node> reachableFrom(Node start) {
    if (!simulation.network().isAnythingCut()) {
      return nodes.stream().filter(SimRing::counts).toList();
    }
    var reached = new ArrayList<Node>();
    reached.add(start);
    for (int next = 0; next < reached.size(); next++) {
      Host from = reached.get(next).host;
      for (Node node : nodes) {
        if (counts(node) && !reached.contains(node) && connected(from, node.host)) {
          reached.add(node);
        }
      }
    }
    return reached;
  }

  private boolean connected(Host one, Host other) {
    return !simulation.isCut(one, other) && !simulation.isCut(other, one);
  }
}
