package org.ringoverlay.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way from one host to another: its delay, its chance, and how many partitions cut it now. */
final class Link {
  final Host from;
  final Host to;
  final Chance chance;
  private final List<Pipe> stalled = new ArrayList<>();
  private Delay.@Nullable Sampler ownDelay;
  private int cuts;

  Link(Host from, Host to, Chance chance) {
    this.from = from;
    this.to = to;
    this.chance = chance;
  }

  boolean isCut() {
    return cuts > 0;
  }

  void cut() {
    cuts++;
  }

  /** One partition less; when it was the last, what waited goes on its way. */
  void mend() {
    cuts--;
    if (cuts == 0) {
      var waiting = new ArrayList<>(stalled);
      stalled.clear();
      waiting.forEach(Pipe::resume);
    }
  }

  void delay(Delay delay) {
    ownDelay = new Delay.Sampler(delay);
  }

  long delayNanos(Network network) {
    Delay.Sampler own = ownDelay;
    return (own != null ? own : network.usualDelay()).nanos(chance) + network.extraNanos(chance);
  }

  void stalled(Pipe pipe) {
    stalled.add(pipe);
  }
}
