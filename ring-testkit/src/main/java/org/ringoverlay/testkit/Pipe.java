package org.ringoverlay.testkit;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection: what is under way, in order, as on TCP.
 *
 * <p>Each thing under way has one arrival planned, but which thing arrives is decided by the queue,
 * so order holds however arrivals shift. At a cut link arrivals are counted and planned again when
 * it mends, as the system's retransmissions would bring them. Bytes count against the sender until
 * the receiving process takes them; what exceeds the two systems' buffers is the outbound queue.
 */
final class Pipe {
  /** What the two systems' socket buffers take before the sender's own queue fills. */
  private static final long SYSTEM_BUFFER_BYTES = 256 * 1024;

  /** What arrives at the end of a connection's life, and in place of {@code opened}. */
  private enum Mark {
    OPENED,
    CLOSED
  }

  final Link link;
  private final Network network;
  private final SimConnection target;
  private final ArrayDeque<Object> underWay = new ArrayDeque<>(2);
  private long unreadBytes;
  private long lastArrival;
  private int stalled;
  private int late;

  /** Nothing more is sent; the link is let go when the last thing has arrived. */
  private boolean over;

  private boolean released;

  Pipe(Network network, Link link, SimConnection target) {
    this.network = network;
    this.link = link;
    this.target = target;
    link.began();
  }

  /** The sending end is closed. */
  void ended() {
    over = true;
    releaseIfEmpty();
  }

  private void releaseIfEmpty() {
    if (over && !released && underWay.isEmpty() && late == 0) {
      released = true;
      if (link.ended()) {
        network.unused(link);
      }
    }
  }

  long pendingBytes() {
    return Math.max(0, unreadBytes - SYSTEM_BUFFER_BYTES);
  }

  void send(byte[] frame) {
    unreadBytes += frame.length;
    enter(frame);
  }

  /** Sends a frame aside from the others, later than they would arrive. */
  void sendLate(byte[] frame) {
    unreadBytes += frame.length;
    late++;
    long delay = link.delayNanos(network) + link.delayNanos(network) + link.delayNanos(network);
    network.engine.plan(delay, new Straggler(frame));
  }

  void opened() {
    enter(Mark.OPENED);
  }

  void closed() {
    enter(Mark.CLOSED);
  }

  private void enter(Object thing) {
    underWay.add(thing);
    planArrival();
  }

  private void planArrival() {
    lastArrival = Math.max(lastArrival, network.engine.now() + link.delayNanos(network));
    network.engine.planAt(lastArrival, network.arrival(this));
  }

  /** The link mended. */
  void resume() {
    int count = stalled;
    stalled = 0;
    for (int i = 0; i < count; i++) {
      planArrival();
    }
  }

  private boolean reachesProcess() {
    if (link.isCut()) {
      if (stalled++ == 0) {
        link.stalled(this);
      }
      return false;
    }
    SimTransport process = target.owner;
    if (process.isCrashed()) {
      underWay.poll();
      if (!link.to.isSilent()) {
        target.resetPeer();
      }
      releaseIfEmpty();
      return false;
    }
    return true;
  }

  private void arrived() {
    Object thing = underWay.poll();
    if (thing instanceof byte[] frame) {
      deliver(frame);
    } else if (thing == Mark.OPENED) {
      target.peerOpened();
    } else if (thing == Mark.CLOSED) {
      target.peerClosed("the peer closed the connection");
    }
    releaseIfEmpty();
  }

  private void arrivedLate() {
    late--;
    releaseIfEmpty();
  }

  private void deliver(byte[] frame) {
    unreadBytes -= frame.length;
    target.received(frame, link.from);
  }

  /** The arrival of whatever is first; taken from a pool, since nobody else ever holds one. */
  static final class Arrival extends Event {
    private final Network network;
    private @Nullable Pipe pipe;

    Arrival(Network network) {
      super(null);
      this.network = network;
    }

    void of(Pipe newPipe) {
      pipe = newPipe;
      loop = newPipe.target.owner;
    }

    /** Waits in the pool, and keeps no connection that may be closed. */
    private void over() {
      pipe = null;
      loop = null;
      network.recycle(this);
    }

    @Override
    boolean arrives() {
      Pipe of = pipe;
      if (of != null && of.reachesProcess()) {
        return true;
      }
      over();
      return false;
    }

    @Override
    void run() {
      Pipe of = pipe;
      over();
      if (of != null) {
        of.arrived();
      }
    }
  }

  /** A frame that later ones overtake. A cut link loses it: it was late already. */
  private final class Straggler extends Event {
    private final byte[] frame;

    Straggler(byte[] frame) {
      super(target.owner);
      this.frame = frame;
    }

    @Override
    boolean arrives() {
      if (link.isCut()) {
        unreadBytes -= frame.length;
        network.lost(link, frame);
        arrivedLate();
        return false;
      }
      return true;
    }

    @Override
    void run() {
      deliver(frame);
      arrivedLate();
    }
  }
}
