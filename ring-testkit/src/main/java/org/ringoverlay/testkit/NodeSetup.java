package org.ringoverlay.testkit;

/** Says how each node of a simulated ring is built: its services, settings and labels. */
@FunctionalInterface
public interface NodeSetup {
  /** Prepares one node; called before each of its starts, so a restarted node is prepared again. */
  void prepare(NodePlan plan);

  /** Nodes without services, in memory. */
  final class Plain implements NodeSetup {
    /** Makes it. */
    public Plain() {}

    @Override
    public void prepare(NodePlan plan) {
      // The plan as it comes is a node without services, in memory.
    }
  }
}
