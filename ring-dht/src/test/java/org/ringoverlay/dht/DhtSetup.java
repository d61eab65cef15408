package org.ringoverlay.dht;

import java.time.Duration;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.NodeSetup;
import org.ringoverlay.testkit.SimRing;

/** Nodes whose arcs are few and move soon, so that a run shows much of that. */
public final class DhtSetup implements NodeSetup {
  private final NodeSetup more;

  /** Nothing more than that. */
  public DhtSetup() {
    this(plan -> {});
  }

  private DhtSetup(NodeSetup more) {
    this.more = more;
  }

  /** That and more. */
  static NodeSetup with(NodeSetup more) {
    return new DhtSetup(more);
  }

  /** Waits until the nodes agree, and until their arcs are where they should be. */
  static void settle(SimRing ring) {
    ring.settle();
    ring.run(Duration.ofSeconds(4));
  }

  /** Waits until the copies of those that died are with others. */
  static void heal(SimRing ring) {
    ring.settle();
    ring.run(Duration.ofSeconds(12));
  }

  @Override
  public void prepare(NodePlan plan) {
    plan.builder()
        .set("ring.arcs.bits", "4")
        .set("ring.dht.settled", "1s")
        .set("ring.dht.gone", "4s")
        .set("ring.dht.sweep.interval", "1s");
    more.prepare(plan);
  }
}
