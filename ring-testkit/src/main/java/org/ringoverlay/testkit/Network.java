package org.ringoverlay.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The hosts and everything between them: links, delays, partitions and the weather. */
final class Network {
  private static final long CONNECT_TIMEOUT_NANOS = Duration.ofSeconds(3).toNanos();
  private static final long CONNECT_RETRY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int ARRIVALS_POOLED_MAX = 65_536;

  final Simulation simulation;
  final Engine engine;
  private final List<Host> hosts = new ArrayList<>();
  private final TreeMap<String, Host> hostsByName = new TreeMap<>();

  /**
   * For each host the links from it that are in use. One that was dropped comes back with other
   * chances, since a link that lost the first frame once must not do so each time.
   */
  private final List<Links> links = new ArrayList<>();

  private final List<Partition> partitions = new ArrayList<>();
  private final ArrayList<Pipe.Arrival> pool = new ArrayList<>();
  private final List<Delay> extraDelays = new ArrayList<>();
  private List<Delay.Sampler> extraSamplers = List.of();
  private @Nullable Distances distances;
  private Delay.Sampler usualDelay = new Delay.Sampler(Delay.lan());
  private Faults faults = Faults.none();
  private final List<Noise> bursts = new ArrayList<>();
  private Noise noise = Noise.none();
  private @Nullable String sentAfterCrash;
  private long framesSent;
  private long framesLost;
  private long healedAt;
  private @Nullable FrameWatch frameWatch;
  private long bytesSent;

  Network(Simulation simulation, Engine engine) {
    this.simulation = simulation;
    this.engine = engine;
  }

  Host host(String name) {
    Host known = hostsByName.get(name);
    if (known != null) {
      return known;
    }
    if (!name.matches("[a-z0-9][a-z0-9.-]{0,62}")) {
      throw new IllegalArgumentException(
          "a host's name is up to 63 lower-case letters, digits, dots and hyphens: " + name);
    }
    var host = new Host(name, hosts.size(), this);
    hosts.add(host);
    hostsByName.put(name, host);
    links.add(new Links());
    return host;
  }

  @Nullable Host find(String name) {
    return hostsByName.get(name);
  }

  List<Host> hosts() {
    return Collections.unmodifiableList(hosts);
  }

  Link link(Host from, Host to) {
    Links known = links.get(from.index);
    Link link = known.to(to);
    if (link == null) {
      link = new Link(engine.seed, from, to, engine.now());
      known.add(link);
    }
    return link;
  }

  void unused(Link link) {
    links.get(link.from.index).remove(link);
  }

  boolean isCut(Host from, Host to) {
    Link link = links.get(from.index).to(to);
    return link != null && link.isCut();
  }

  Delay.Sampler usualDelay() {
    return usualDelay;
  }

  void usualDelay(Delay delay) {
    usualDelay = new Delay.Sampler(delay);
  }

  void distances(Distances newDistances) {
    distances = newDistances;
  }

  /** What a frame takes longer for how far apart the two are. */
  long distanceNanos(Host from, Host to) {
    Distances all = distances;
    return all == null ? 0 : all.nanos(from, to);
  }

  /** What every frame takes longer now, on every link. */
  long extraNanos(Chance chance) {
    long extra = 0;
    for (int i = 0; i < extraSamplers.size(); i++) {
      extra += extraSamplers.get(i).nanos(chance);
    }
    return extra;
  }

  void beginExtra(Delay delay) {
    extraDelays.add(delay);
    extraSamplers = extraDelays.stream().map(Delay.Sampler::new).toList();
    traceFault(null, "begins extra " + delay);
  }

  void endExtra(Delay delay) {
    extraDelays.remove(delay);
    extraSamplers = extraDelays.stream().map(Delay.Sampler::new).toList();
    traceFault(null, "ends extra " + delay);
  }

  Faults faults() {
    return faults;
  }

  void faults(Faults newFaults) {
    faults = newFaults;
    noise = allNoise();
  }

  /** Makes the net noisier until the burst is {@linkplain #endBurst ended}; the worst counts. */
  void beginBurst(Noise burst) {
    bursts.add(burst);
    noise = allNoise();
    traceFault(null, "begins " + burst);
  }

  void endBurst(Noise burst) {
    bursts.remove(burst);
    noise = allNoise();
    traceFault(null, "ends " + burst);
  }

  private Noise allNoise() {
    return bursts.stream().reduce(faults.noise(), Noise::worse);
  }

  long framesSent() {
    return framesSent;
  }

  long framesLost() {
    return framesLost;
  }

  long bytesSent() {
    return bytesSent;
  }

  /** Who sent a frame after its process had crashed; null if nobody did. */
  @Nullable String sentAfterCrash() {
    return sentAfterCrash;
  }

  void sentAfterCrash(Host host, String remote) {
    sentAfterCrash = host.name() + " sent to " + remote;
  }

  void send(SimConnection connection, Pipe wire, byte[] frame) {
    NextGeneration newer = wire.link.from.nextGeneration();
    if (newer == null) {
      sendAsItIs(connection, wire, frame);
    } else {
      newer.inPlaceOf(frame).forEach(each -> sendAsItIs(connection, wire, each));
    }
  }

  private void sendAsItIs(SimConnection connection, Pipe wire, byte[] frame) {
    framesSent++;
    bytesSent += frame.length;
    FrameWatch watch = frameWatch;
    if (watch != null) {
      watch.sent(wire.link.from, wire.link.to, frame);
    }
    Chance chance = wire.link;
    Noise now = noise;
    if (chance.happens(now.loss())) {
      lost(wire.link, frame);
      return;
    }
    if (chance.happens(now.reordering())) {
      wire.sendLate(frame);
    } else {
      wire.send(frame);
    }
    if (chance.happens(now.duplication())) {
      wire.send(frame.clone());
    }
    if (chance.happens(now.reset())) {
      connection.reset();
    }
  }

  void lost(Link link, byte[] frame) {
    framesLost++;
    engine.trace.add(
        engine.now(), Trace.Kind.LOST, link.to, link.from, frame.length, Trace.digest(frame), null);
  }

  Pipe.Arrival arrival(Pipe pipe) {
    Pipe.Arrival arrival = pool.isEmpty() ? new Pipe.Arrival(this) : pool.remove(pool.size() - 1);
    arrival.of(pipe);
    return arrival;
  }

  void recycle(Pipe.Arrival arrival) {
    if (pool.size() < ARRIVALS_POOLED_MAX) {
      pool.add(arrival);
    }
  }

  /** A process knocks at another host's port. */
  void connect(SimConnection from, Host target, int port) {
    var timeout = new ConnectTimeout(from);
    from.connectTimeout(timeout);
    engine.plan(CONNECT_TIMEOUT_NANOS, timeout);
    Link way = link(from.owner.host, target);
    engine.plan(way.delayNanos(this), new Knock(from, way, port));
  }

  /** Cuts every link from one set to the other, and back if both ways. */
  Partition cut(Collection<Host> from, Collection<Host> to, boolean bothWays) {
    var cut = new ArrayList<Link>();
    for (Host one : from) {
      for (Host other : to) {
        if (one == other) {
          throw new IllegalArgumentException(one + " stands on both sides of a partition");
        }
        cut.add(link(one, other));
        if (bothWays) {
          cut.add(link(other, one));
        }
      }
    }
    var partition = new Partition(this, cut, from + (bothWays ? " | " : " -/-> ") + to);
    partitions.add(partition);
    traceFault(null, "partition " + partition);
    return partition;
  }

  void healed(Partition partition) {
    partitions.remove(partition);
    healedAt = engine.now();
    traceFault(null, "healed " + partition);
  }

  void watchFrames(@Nullable FrameWatch watch) {
    frameWatch = watch;
  }

  boolean isAnythingCut() {
    return !partitions.isEmpty();
  }

  /** When a partition healed last. */
  long healedAt() {
    return healedAt;
  }

  void healAll() {
    new ArrayList<>(partitions).forEach(Partition::heal);
  }

  void traceFault(@Nullable Host host, String what) {
    engine.trace.add(engine.now(), Trace.Kind.FAULT, host, null, 0, Trace.digest(what), what);
  }

  /** Where hosts and links stand, for a failure's message. */
  String state() {
    var text = new StringBuilder();
    hosts.forEach(host -> text.append(host.state()).append('\n'));
    partitions.forEach(each -> text.append("partition ").append(each).append('\n'));
    text.append(engine.planned()).append(" events planned, ");
    text.append(framesSent).append(" frames sent, ").append(framesLost).append(" lost\n");
    return text.toString();
  }

  /** The first packet of a connection, sent again each second until somebody answers. */
  private final class Knock extends Event {
    private final SimConnection from;
    private final Link way;
    private final int port;

    Knock(SimConnection from, Link way, int port) {
      super(null);
      this.from = from;
      this.way = way;
      this.port = port;
    }

    @Override
    boolean arrives() {
      if (!from.isOpening() || from.owner.isCrashed()) {
        return false;
      }
      SimTransport process = way.to.process();
      SimTransport.Listener listener = process == null ? null : process.listener(port);
      if (way.isCut() || way.to.isSilent() || (listener != null && listener.isFull())) {
        engine.plan(CONNECT_RETRY_NANOS, this);
      } else if (process == null || listener == null) {
        engine.plan(way.delayNanos(Network.this), new Refusal(from, link(way.to, way.from)));
      } else {
        join(process, listener);
      }
      return false;
    }

    private void join(SimTransport process, SimTransport.Listener listener) {
      String name = way.from.name() + ":" + way.from.freePort(Collections.emptySet());
      var accepted = new SimConnection(process, name, null);
      var there = new Pipe(Network.this, way, accepted);
      var back = new Pipe(Network.this, link(way.to, way.from), from);
      from.joinTo(accepted, there);
      accepted.joinTo(from, back);
      listener.take(accepted);
      back.opened();
    }

    @Override
    void run() {
      throw new IllegalStateException("a knock is answered by the system, on no loop");
    }
  }

  /** The system's word that nobody listens; lost when the way back is cut. */
  private static final class Refusal extends Event {
    private final SimConnection to;
    private final Link way;

    Refusal(SimConnection to, Link way) {
      super(to.owner);
      this.to = to;
      this.way = way;
    }

    @Override
    boolean arrives() {
      return !way.isCut();
    }

    @Override
    void run() {
      to.peerClosed("connection refused");
    }
  }

  private static final class ConnectTimeout extends Event {
    private final SimConnection of;

    ConnectTimeout(SimConnection of) {
      super(of.owner);
      this.of = of;
    }

    @Override
    void run() {
      if (of.isOpening()) {
        of.close("the connection could not be made in time");
      }
    }
  }
}
