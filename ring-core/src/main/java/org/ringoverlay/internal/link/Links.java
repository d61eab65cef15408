package org.ringoverlay.internal.link;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Card;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Frames;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.OutboundFrame;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Transport;

/**
 * The connections of a node.
 *
 * <p>Two nodes that connect to each other at once have both connections, and each sends on the one
 * that was agreed on first; at its next housekeeping the one with the lower ID gives up the one
 * that the other made. Frames for a node that is not connected wait, within a bound, while it is
 * dialled. On the loop.
 */
public final class Links {
  /**
   * The bounds.
   *
   * @param waitingBytesMax bytes that wait for one connection to be made
   * @param allWaitingBytesMax bytes that wait for all of them
   * @param redialNanos how long a node that could not be reached is not dialled again
   * @param handshakeNanos how long a connection may take to come to an agreement
   * @param idleNanos how long a connection is kept at least that nobody uses
   */
  public record Limits(
      long waitingBytesMax,
      long allWaitingBytesMax,
      long redialNanos,
      long handshakeNanos,
      long idleNanos) {}

  /** By how many times that time it may be kept for longer. */
  private static final long IDLE_SPREAD = 3;

  /** After what part of the time for a handshake a hello is repeated for the first time. */
  private static final long HELLO_PARTS = 10;

  private static final class Peer {
    final List<Wire> agreed = new ArrayList<>(2);
    @Nullable ArrayDeque<OutboundFrame> waiting;
    @Nullable Wire dialling;
    long waitingBytes;
    long heardAt = Long.MIN_VALUE;
    long dialAgainAt = Long.MIN_VALUE;

    void await(OutboundFrame frame) {
      ArrayDeque<OutboundFrame> frames = waiting;
      if (frames == null) {
        frames = new ArrayDeque<>(1);
        waiting = frames;
      }
      frames.addLast(frame);
      waitingBytes += frame.sizeBytes();
    }
  }

  private final Transport transport;
  private final Clock clock;
  private final Limits limits;
  private final Introduction introduction;
  private final Function<Id, @Nullable String> addresses;
  private final RingObserver observer;
  private final TreeMap<Id, Peer> peers = new TreeMap<>();
  private long allWaitingBytes;

  /** Addresses that are dialled now, or until when they are not because nobody wanted was there. */
  private final TreeMap<String, Long> quietUntil = new TreeMap<>();

  /** Connections on which nothing is sent any more and that the other is about to close. */
  private ArrayList<Wire> retired = new ArrayList<>();

  /** Those of them that were at the last housekeeping. */
  private ArrayList<Wire> retiredBefore = new ArrayList<>();

  private @Nullable LinkEvents listener;
  private boolean closed;

  /**
   * Makes the links of a node.
   *
   * @param addresses where a node listens, null if that is not known
   */
  public Links(
      Transport transport,
      Limits limits,
      Introduction introduction,
      Function<Id, @Nullable String> addresses,
      RingObserver observer) {
    this.transport = transport;
    this.clock = transport.clock();
    this.limits = limits;
    this.introduction = introduction;
    this.addresses = addresses;
    this.observer = observer;
  }

  /** From now on events go there; nothing may be dialled or accepted before. */
  public void start(LinkEvents events) {
    this.listener = events;
  }

  private LinkEvents events() {
    LinkEvents current = listener;
    if (current == null) {
      throw new IllegalStateException("links are started before they are used");
    }
    return current;
  }

  /** The handler of a connection that another node made. */
  public org.ringoverlay.spi.ConnectionHandler accept() {
    return bounded(new Wire(this, false, "", null));
  }

  /** Ends a connection that comes to no agreement: the other may be frozen, gone, or malicious. */
  private Wire bounded(Wire wire) {
    long all = limits.handshakeNanos();
    urge(wire, wire.isDialled() ? all / HELLO_PARTS : all, all);
    return wire;
  }

  /** Repeats a hello that is not answered, each time after twice the time, until that is over. */
  private void urge(Wire wire, long wait, long left) {
    long then = left - wait;
    wire.handshakeTimer(
        transport
            .scheduler()
            .schedule(
                wait,
                () -> {
                  if (then <= 0) {
                    wire.handshakeLate();
                  } else {
                    wire.helloAgain();
                    urge(wire, Math.min(2 * wait, then), then);
                  }
                }));
  }

  /** Sends a message to a neighbour. */
  public Connection.Sent send(Id to, LinkMessage message) {
    return send(to, Frames.write(message));
  }

  /** Sends a frame to a node, and connects to it if need be. */
  public Connection.Sent send(Id to, OutboundFrame frame) {
    if (closed) {
      return Connection.Sent.CLOSED;
    }
    Peer peer = peers.get(to);
    if (peer == null && addresses.apply(to) == null) {
      return Connection.Sent.CLOSED;
    }
    peer = peers.computeIfAbsent(to, id -> new Peer());
    if (!peer.agreed.isEmpty()) {
      return peer.agreed.get(0).send(frame);
    }
    int length = frame.sizeBytes();
    if (peer.waitingBytes + length > limits.waitingBytesMax()
        || allWaitingBytes + length > limits.allWaitingBytesMax()) {
      return Connection.Sent.FULL;
    }
    if (peer.dialling == null && !dial(to, peer)) {
      return Connection.Sent.CLOSED;
    }
    peer.await(frame);
    allWaitingBytes += length;
    return Connection.Sent.QUEUED;
  }

  /** Connects to a node, unless it is connected or could not be reached a moment ago. */
  public void reach(Id node) {
    if (closed || addresses.apply(node) == null) {
      return;
    }
    Peer peer = peers.computeIfAbsent(node, id -> new Peer());
    if (peer.agreed.isEmpty() && peer.dialling == null) {
      dial(node, peer);
    }
  }

  private boolean dial(Id node, Peer peer) {
    String address = addresses.apply(node);
    if (address == null || clock.nanos() < peer.dialAgainAt || isQuiet(address)) {
      return false;
    }
    quietUntil.put(address, Long.MAX_VALUE);
    var wire = bounded(new Wire(this, true, address, node));
    peer.dialling = wire;
    transport.connect(address, wire);
    return true;
  }

  /** One address under many IDs is dialled for one of them after the other, and not at once. */
  private boolean isQuiet(String address) {
    Long until = quietUntil.get(address);
    return until != null && (until == Long.MAX_VALUE || clock.nanos() - until < 0);
  }

  /** Connects to whoever listens at an address; the events tell what came of it. */
  public void dialSeed(String address) {
    if (!closed) {
      transport.connect(address, bounded(new Wire(this, true, address, null)));
    }
  }

  /** Whether a node is connected. */
  public boolean isLinked(Id node) {
    Peer peer = peers.get(node);
    return peer != null && !peer.agreed.isEmpty();
  }

  /** When any frame last came from a node; {@link Long#MIN_VALUE} if none ever did. */
  public long heardAt(Id node) {
    Peer peer = peers.get(node);
    return peer == null ? Long.MIN_VALUE : peer.heardAt;
  }

  /** Closes the connections to a node. */
  public void drop(Id node, String reason) {
    Peer peer = peers.remove(node);
    if (peer != null) {
      List<Wire> wires = new ArrayList<>(peer.agreed);
      peer.agreed.clear();
      wires.forEach(wire -> wire.close(reason));
      int lost = takeWaiting(peer).size();
      if (lost > 0) {
        observer.refusedFrame(node.toString(), lost + " frames waited for a node that is gone");
      }
    }
  }

  /**
   * Housekeeping, now and then: ends connections that nobody uses, and forgets nodes to which there
   * is none.
   */
  public void tidy() {
    long now = clock.nanos();
    quietUntil.values().removeIf(until -> until != Long.MAX_VALUE && now - until >= 0);
    List<Wire> late = retiredBefore;
    retiredBefore = retired;
    retired = new ArrayList<>();
    late.forEach(wire -> wire.close("it was idle"));
    peers.forEach(
        (node, peer) -> {
          boolean needless = isHeldTwice(node, peer);
          for (Wire wire : List.copyOf(peer.agreed)) {
            if (wire.isIdle(now) || (needless && !wire.isDialled())) {
              retire(peer, wire);
            }
          }
        });
    peers
        .values()
        .removeIf(
            peer -> peer.agreed.isEmpty() && peer.dialling == null && now >= peer.dialAgainAt);
  }

  /** Whether each made a connection to the other, and it is this node that sorts that out. */
  private boolean isHeldTwice(Id node, Peer peer) {
    return peer.agreed.size() > 1
        && introduction.self().compareTo(node) < 0
        && peer.agreed.stream().anyMatch(Wire::isDialled);
  }

  /** The other sends nothing more on a connection, and all that it sent before has been read. */
  void idle(Wire wire) {
    Id node = wire.peer();
    Peer peer = node == null ? null : peers.get(node);
    if (peer != null) {
      peer.agreed.remove(wire);
    }
    retired.remove(wire);
    retiredBefore.remove(wire);
    wire.close("it was idle");
  }

  long now() {
    return clock.nanos();
  }

  /** Sends nothing any more. The transport closes the sockets. */
  public void close() {
    closed = true;
  }

  Introduction introduction() {
    return introduction;
  }

  /**
   * What another process said that has the ID of a node which is about to agree, listens elsewhere
   * and did not start earlier; null if none is connected.
   */
  @Nullable Card rivalOf(Card card) {
    Peer peer = peers.get(card.id());
    if (peer != null) {
      for (Wire wire : peer.agreed) {
        Card said = wire.card();
        if (said != null
            && said.incarnation() >= card.incarnation()
            && !said.address().equals(card.address())) {
          return said;
        }
      }
    }
    return null;
  }

  /** Another process has this node's ID. */
  void rival(Json rival, RingException why) {
    events().rival(rival, why);
  }

  void refused(String remote, String why) {
    observer.refusedFrame(remote, Printable.text(why, 200));
  }

  void agreed(Wire wire, Card card, String ringIdentity) {
    Id node = card.id();
    Peer peer = peers.computeIfAbsent(node, id -> new Peer());
    peer.heardAt = clock.nanos();
    peer.dialAgainAt = Long.MIN_VALUE;
    dropFormer(peer, card.incarnation());
    retireReplaced(peer, wire);
    // What was opened in one moment, as all a newcomer's are, is not to be closed in one.
    wire.keep(
        limits.idleNanos()
            + transport.randomness().below(Math.max(1, IDLE_SPREAD * limits.idleNanos())));
    peer.agreed.add(wire);
    Id expected = wire.expected();
    if (expected != null) {
      undialled(expected, wire);
      if (expected.equals(node)) {
        quietUntil.remove(wire.address());
      } else {
        events().unlinked(expected, "another node is at its address now", true);
      }
    }
    flush(peer);
    events().linked(card);
    if (wire.isDialled() && expected == null) {
      events().seedLinked(wire.address(), card);
    }
  }

  /**
   * A node that started again is at none of its former connections, although they may look open.
   */
  private static void dropFormer(Peer peer, long incarnation) {
    for (Wire former : List.copyOf(peer.agreed)) {
      Card card = former.card();
      if (card != null && card.incarnation() < incarnation) {
        peer.agreed.remove(former);
        former.close("the node started again");
      }
    }
  }

  /**
   * Who dials again while it is connected, as a newcomer does with a slow seed, has one connection
   * of its own making and no more. The dialler alone gives one up: so both never give up each
   * other's last.
   */
  private void retireReplaced(Peer peer, Wire newer) {
    for (Wire former : List.copyOf(peer.agreed)) {
      if (newer.isDialled() && former.isDialled()) {
        retire(peer, former);
      }
    }
  }

  /**
   * Sends nothing more on a connection. What the other sends at that moment must not be lost, so it
   * is the other that closes, once it has read that nothing more is to come. One that does not is
   * closed at the next housekeeping but one.
   */
  private void retire(Peer peer, Wire wire) {
    Connection.Sent said = wire.send(Frames.write(new LinkMessage.Idle()));
    // Where the queue is full the other would not hear of it: the connection stays in use.
    if (said != Connection.Sent.FULL) {
      peer.agreed.remove(wire);
      retired.add(wire);
    }
  }

  /** Whoever takes what waited sends it, or says that it is lost. */
  private List<OutboundFrame> takeWaiting(Peer peer) {
    ArrayDeque<OutboundFrame> frames = peer.waiting;
    allWaitingBytes -= peer.waitingBytes;
    peer.waiting = null;
    peer.waitingBytes = 0;
    return frames == null ? List.of() : List.copyOf(frames);
  }

  private void flush(Peer peer) {
    Wire wire = peer.agreed.get(0);
    for (OutboundFrame frame : takeWaiting(peer)) {
      Connection.Sent sent = wire.send(frame);
      if (sent != Connection.Sent.QUEUED) {
        observer.refusedFrame(
            wire.address(), "a frame that waited for a new connection could not be sent: " + sent);
      }
    }
  }

  /** A dialled or accepted connection never came to an agreement. */
  void failed(Wire wire, RingException why, boolean refused) {
    if (!wire.isDialled() || closed) {
      return;
    }
    Id expected = wire.expected();
    if (expected == null) {
      events().seedFailed(wire.address(), why);
      return;
    }
    undialled(expected, wire);
    Peer peer = peers.get(expected);
    if (peer != null && !peer.agreed.isEmpty()) {
      return;
    }
    events().unlinked(expected, why.getMessage(), refused);
  }

  private void undialled(Id expected, Wire wire) {
    quietUntil.put(wire.address(), clock.nanos() + limits.redialNanos());
    Peer peer = peers.get(expected);
    if (peer == null || peer.dialling != wire) {
      return;
    }
    peer.dialling = null;
    if (peer.agreed.isEmpty()) {
      peer.dialAgainAt = clock.nanos() + limits.redialNanos();
      int lost = takeWaiting(peer).size();
      if (lost > 0) {
        observer.refusedFrame(
            wire.address(), lost + " frames waited for a connection that never came");
      }
    }
  }

  void lost(Wire wire, String reason) {
    Id node = wire.peer();
    if (node == null || closed) {
      return;
    }
    Peer peer = peers.get(node);
    if (peer == null || !peer.agreed.remove(wire) || !peer.agreed.isEmpty()) {
      return;
    }
    if (addresses.apply(node) == null) {
      peers.remove(node);
    }
    events().unlinked(node, reason, false);
  }

  void linkMessage(Wire wire, LinkMessage message) {
    Id from = heard(wire);
    if (from != null) {
      events().linkMessage(from, message);
    }
  }

  /** A node said something that this one does not know: a sign of life all the same. */
  void notUnderstood(Wire wire) {
    heard(wire);
  }

  void acknowledged(Wire wire, List<Integer> numbers) {
    Id from = heard(wire);
    if (from != null) {
      events().acknowledged(from, numbers);
    }
  }

  void travelling(Wire wire, Envelope envelope, int hopNumber) {
    Id from = heard(wire);
    if (from != null) {
      events().travelling(from, envelope, hopNumber);
    }
  }

  private @Nullable Id heard(Wire wire) {
    Id from = wire.peer();
    if (from == null || closed) {
      return null;
    }
    Peer peer = peers.get(from);
    if (peer != null) {
      peer.heardAt = clock.nanos();
    }
    return from;
  }
}
