package org.ringoverlay.console.node;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.LeaveReport;
import org.ringoverlay.Ring;
import org.ringoverlay.RingBuilder;
import org.ringoverlay.console.events.EventLog;
import org.ringoverlay.console.events.RingEvents;
import org.ringoverlay.console.gateway.Gateway;
import org.ringoverlay.console.gateway.GatewaySettings;
import org.ringoverlay.pubsub.Topics;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;

/**
 * A node with its gateway, from {@link #start} to {@link #close}. Both block; any thread but a
 * loop.
 */
public final class RunningNode implements AutoCloseable {
  private final Ring ring;
  private final @Nullable Gateway gateway;
  private final Drain drain;

  private RunningNode(Ring ring, @Nullable Gateway gateway, Duration drainWithin) {
    this.ring = ring;
    this.gateway = gateway;
    this.drain = new Drain(ring::leave, drainWithin);
  }

  /** The settings that the runnable node adds to those of its parts. */
  public static List<Setting<?>> settings() {
    var all = new ArrayList<Setting<?>>(GatewaySettings.ALL);
    all.add(Echo.BYTES_MAX);
    all.add(Drain.TIMEOUT);
    return all;
  }

  /**
   * Starts a node and waits until it has joined and answers.
   *
   * @throws org.ringoverlay.error.RingException as {@link RingBuilder#start}; {@code InvalidInput}
   *     also for the gateway's address and for {@code ring.drain.timeout}
   */
  public static RunningNode start(NodeOptions options) {
    Settings settings = ownSettings(options);
    Duration drainWithin = Drain.within(settings);
    // The gateway is bound first, because the others are told of its address when the node joins.
    Gateway gateway = options.hasGateway() ? Gateway.bind(options.http(), settings) : null;
    // Heard from the first moment, so that the node's own way into the ring can be looked at too.
    RingEvents events = events(settings);
    RunningNode node = null;
    try {
      Ring ring = builder(options, gateway, events).startAndAwait();
      node = new RunningNode(ring, gateway, drainWithin);
      if (options.echo()) {
        ring.await(Topics.on(ring).willing(Echo.NAME, Echo::answer));
      }
      if (gateway != null) {
        gateway.serve(new NodeBackend(ring, events, node.drain));
      }
      return node;
    } catch (RuntimeException failed) {
      if (node != null) {
        node.close();
      } else if (gateway != null) {
        gateway.close();
      }
      throw failed;
    }
  }

  private static RingEvents events(Settings settings) {
    InstantSource clock = InstantSource.system();
    return new RingEvents(
        new EventLog(
            settings.get(GatewaySettings.EVENTS_KEPT),
            settings.get(GatewaySettings.EVENTS_KEPT_BYTES),
            clock.millis()),
        clock);
  }

  private static RingBuilder builder(
      NodeOptions options, @Nullable Gateway gateway, RingEvents events) {
    RingBuilder builder =
        Ring.builder()
            .listen(options.listen())
            .ring(options.ring())
            .seeds(options.seeds())
            .found(options.found())
            .knownSettings(settings());
    if (!options.advertise().isEmpty()) {
      builder.advertise(options.advertise());
    }
    if (!options.data().isEmpty()) {
      builder.data(options.data());
    }
    options.labels().forEach(builder::label);
    builder.settings(new Settings.Source("the command line", options.set()));
    options.sources().forEach(builder::settings);
    if (options.echo()) {
      builder.service(Echo.service());
    }
    if (gateway != null) {
      builder.http(gateway.address()).observer(events);
    }
    return builder;
  }

  /** What this adds, read before the node's; what else stands in the sources the node judges. */
  private static Settings ownSettings(NodeOptions options) {
    var sources = new ArrayList<Settings.Source>();
    sources.add(new Settings.Source("the command line", options.set()));
    sources.addAll(options.sources());
    var names = settings().stream().map(Setting::name).toList();
    return Settings.resolve(
        settings(),
        sources.stream()
            .map(
                source -> {
                  var own = new TreeMap<>(source.values());
                  own.keySet().retainAll(names);
                  return new Settings.Source(source.origin(), own);
                })
            .toList());
  }

  /** The node. */
  public Ring ring() {
    return ring;
  }

  /** The gateway's {@code host:port}, or {@code off}. */
  public String http() {
    return gateway == null ? "off" : gateway.address();
  }

  /** The line that says that the node is ready. */
  public String readyLine() {
    return "ready node="
        + ring.id()
        + " listen="
        + ring.address()
        + " http="
        + http()
        + " ring="
        + ring.name()
        + " members="
        + ring.view().aliveCount();
  }

  /**
   * Completes when the node has closed, for whatever reason. If it was told to leave for good, that
   * is two seconds after it has, so that whoever told it can ask the gateway what came of it.
   */
  public CompletionStage<@Nullable Void> closed() {
    return ring.closed().thenCompose(nothing -> drain.lastWords());
  }

  /**
   * What came of leaving for good; empty if it was not told to. Blocks until that is known.
   *
   * @throws org.ringoverlay.error.RingException.Closed if it closed before it had left
   */
  public Optional<LeaveReport> drained() {
    return drain.isBegun() ? Optional.of(ring.await(drain.report())) : Optional.empty();
  }

  /**
   * Stops the node, bounded by {@code ring.leave.timeout}, and closes the gateway. One that was
   * told to leave for good ends that first, bounded by {@code ring.drain.timeout}.
   */
  @Override
  public void close() {
    try {
      ring.close();
    } finally {
      if (gateway != null) {
        gateway.close();
      }
    }
  }
}
