package org.ringoverlay.testkit;

import org.ringoverlay.RingBuilder;
import org.ringoverlay.RingService;
import org.ringoverlay.spi.RingObserver;

/**
 * A node that is about to start in a simulated ring. Host, address and seeds are set; a {@link
 * NodeSetup} adds the rest.
 */
public final class NodePlan {
  private static final String DIRECTORY = "data";

  private final int index;
  private final Host host;
  private final RingBuilder builder;
  private final RingWatch watch;
  private final Observers observers = new Observers();

  NodePlan(int index, Host host, RingBuilder builder, RingWatch watch) {
    this.index = index;
    this.host = host;
    this.builder = builder;
    this.watch = watch;
    builder.transport(host.transport()).listen(host.name() + ":" + SimRing.PORT);
    builder.observer(observers.face());
    observers.add(watch.tracer(host));
  }

  /** The node's number in the ring, from 0; 0 is the founder. */
  public int index() {
    return index;
  }

  /** Where it runs. */
  public Host host() {
    return host;
  }

  /** The builder itself, for labels, settings and whatever else a node may have. */
  public RingBuilder builder() {
    return builder;
  }

  /**
   * Adds a service. Unlike one added to the builder it is watched: a request that its handler gets
   * twice in one process breaks an invariant.
   */
  public NodePlan service(RingService<?> service) {
    builder.service(watch.counted(host, service));
    return this;
  }

  /** Adds an observer beside the one that writes the trace. */
  public NodePlan observer(RingObserver observer) {
    observers.add(observer);
    return this;
  }

  /** Lets the node's process be of the next version of Ring, as others see it. */
  public NodePlan nextGeneration() {
    host.generation(Generation.NEXT);
    return this;
  }

  /** Keeps the node's identity on the host's disk, so that a restart is the same node again. */
  public NodePlan durable() {
    builder.store(host.store()).data(DIRECTORY);
    return this;
  }
}
