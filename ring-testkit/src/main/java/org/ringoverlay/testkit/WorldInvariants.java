package org.ringoverlay.testkit;

/** What holds in every simulation, whatever runs in it. */
final class WorldInvariants {
  static final String NO_SENDING_AFTER_CRASH = "a crashed process never sends";
  static final String TIME_IS_MONOTONE = "time is monotone";

  private WorldInvariants() {}

  static Invariant noSendingAfterCrash(Network network) {
    return simulation -> {
      String sent = network.sentAfterCrash();
      if (sent != null) {
        throw new AssertionError(sent + " after its process had crashed");
      }
    };
  }

  /** Neither virtual time nor the clock of the host that acted last ever goes back. */
  static final class MonotoneTime implements Invariant {
    private long before;
    private long[] clocks = new long[0];
    private boolean[] known = new boolean[0];

    @Override
    public void check(Simulation simulation) {
      long now = simulation.network().engine.now();
      if (now < before) {
        throw new AssertionError("virtual time went from " + before + " back to " + now);
      }
      before = now;
      Host host = simulation.network().engine.lastHost();
      if (host != null) {
        check(host);
      }
    }

    private void check(Host host) {
      if (host.index >= clocks.length) {
        int length = 2 * host.index + 1;
        clocks = java.util.Arrays.copyOf(clocks, length);
        known = java.util.Arrays.copyOf(known, length);
      }
      long now = host.clock().nanos();
      if (known[host.index] && now < clocks[host.index]) {
        throw new AssertionError(
            "the clock of " + host.name() + " went from " + clocks[host.index] + " back to " + now);
      }
      known[host.index] = true;
      clocks[host.index] = now;
    }
  }
}
