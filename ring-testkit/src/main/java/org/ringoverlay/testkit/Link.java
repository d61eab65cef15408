package org.ringoverlay.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way from one host to another: its delay, how many partitions cut it now, and its chance,
 * which it is rather than has, for there are hundreds of thousands in a large ring.
 */
final class Link extends Chance {
  final Host from;
  final Host to;
  private @Nullable List<Pipe> stalled;
  private Delay.@Nullable Sampler ownDelay;
  private int cuts;

  /** Directions of connections that go this way and are not over. */
  private int pipes;

  Link(long seed, Host from, Host to, long madeAt) {
    super(seed, from.name() + ">" + to.name() + "@" + madeAt);
    this.from = from;
    this.to = to;
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
    List<Pipe> waiting = stalled;
    if (cuts == 0 && waiting != null) {
      stalled = null;
      waiting.forEach(Pipe::resume);
    }
  }

  void delay(Delay delay) {
    ownDelay = new Delay.Sampler(delay);
  }

  long delayNanos(Network network) {
    Delay.Sampler own = ownDelay;
    return (own != null ? own : network.usualDelay()).nanos(this)
        + network.distanceNanos(from, to)
        + network.extraNanos(this);
  }

  void began() {
    pipes++;
  }

  /** One direction of a connection is over; tells whether nothing speaks for keeping this link. */
  boolean ended() {
    pipes--;
    return pipes == 0 && cuts == 0 && ownDelay == null;
  }

  void stalled(Pipe pipe) {
    List<Pipe> waiting = stalled;
    if (waiting == null) {
      waiting = new ArrayList<>();
      stalled = waiting;
    }
    waiting.add(pipe);
  }
}
