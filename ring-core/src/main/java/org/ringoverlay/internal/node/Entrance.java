package org.ringoverlay.internal.node;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.link.Introduction;
import org.ringoverlay.internal.link.Links;
import org.ringoverlay.internal.membership.Joining;
import org.ringoverlay.internal.membership.Membership;
import org.ringoverlay.internal.membership.Settling;
import org.ringoverlay.internal.wire.Card;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.view.MemberState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Both sides of the ring's door: how this node founds a ring, joins one or resumes, and how it lets
 * others in.
 *
 * <p>{@code OUTSIDE → IN}, or {@code OUTSIDE → SHUT} when the way in failed or the node closes. On
 * the loop.
 */
final class Entrance {
  private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);

  /** A ring that starts again as a whole is to be one ring soon. */
  private static final long LOOK_NANOS = 1_000_000_000L;

  private enum State {
    OUTSIDE,
    IN,
    SHUT
  }

  /** Hears how it ends. */
  interface Listener {
    /** The ring knows this node: its neighbours may be watched. */
    void admitted();

    /** The node is in. */
    void entered();

    /** There is no way in. */
    void failed(RingException why);
  }

  private final NodeConfig config;
  private final NodeLimits limits;
  private final Origin origin;
  private final Introduction introduction;
  private final Links links;
  private final Membership membership;
  private final Transport transport;
  private final RingObserver observer;
  private final Listener listener;
  private volatile String ringIdentity;
  private State state = State.OUTSIDE;
  private final Settling settling;
  private boolean agreed;
  private @Nullable Joining joining;
  private int nextContact;
  private long looksUntil = Long.MIN_VALUE;

  /** Who was met at a contact's address, which may not be the one that it tells others. */
  private final Map<String, Id> metAt = new TreeMap<>();

  Entrance(
      NodeConfig config,
      NodeLimits limits,
      Origin origin,
      Introduction introduction,
      Links links,
      Membership membership,
      Transport transport,
      RingObserver observer,
      Listener listener) {
    this.config = config;
    this.limits = limits;
    this.origin = origin;
    this.introduction = introduction;
    this.links = links;
    this.membership = membership;
    this.transport = transport;
    this.observer = observer;
    this.listener = listener;
    this.ringIdentity = origin.identity().ringIdentity();
    this.settling =
        new Settling(
            membership,
            limits.leavesPerSide(),
            limits.settleResendNanos(),
            new LinkPost(links),
            transport.clock(),
            transport.scheduler());
  }

  /** The ring's identity, empty before the node has joined. Any thread. */
  String ringIdentity() {
    return ringIdentity;
  }

  /** Whether the neighbours agree on this node, so that it may speak for its part of the circle. */
  boolean isAgreed() {
    return agreed;
  }

  /**
   * This node may have been given up without knowing it: it speaks for nothing until its neighbours
   * have agreed on it once more.
   */
  void settleAgain() {
    if (state == State.IN) {
      agreed = false;
      long deadline = transport.clock().nanos() + limits.settleAgainNanos();
      settling.begin(deadline, () -> agreed = true, this::settledWithout);
    }
  }

  /**
   * Whoever is still a live neighbour after that time is heard by others, only not by this node: by
   * those others it has heard what this node says of itself.
   */
  private void settledWithout(String silent) {
    agreed = true;
    observer.trouble(
        membership.self(),
        "these neighbours did not answer, although others hear them; it goes on without their"
            + " word:"
            + silent);
  }

  /** Introduces the node to itself and to whoever connects, and begins. */
  void enter(MemberCard card) {
    Json raw = Json.of(card);
    introduction.card(raw);
    membership.introduce(card, raw);
    if (origin.founds()) {
      belongTo(origin.drawRingIdentity(transport.randomness()), membership.view().arcs(), 0);
      goIn("founded the ring");
      return;
    }
    List<String> others =
        origin.contacts().stream().filter(contact -> !contact.equals(card.address())).toList();
    if (!others.isEmpty()) {
      join(others);
    } else if (origin.identity().hasJoined()) {
      resumeAlone("it knows no other member");
    } else {
      fail(
          new RingException.InvalidInput(
              "This node's only seed is itself, "
                  + card.address()
                  + ". Give it another member's address, or let it found the ring."));
    }
  }

  private void join(List<String> contacts) {
    boolean resumes = origin.identity().hasJoined();
    var attempt =
        new Joining(
            limits.joining(resumes),
            contacts,
            membership,
            new LinkPost(links),
            transport.clock(),
            transport.scheduler(),
            transport.randomness(),
            settling,
            new Joining.Listener() {
              @Override
              public void dialSeed(String seed) {
                links.dialSeed(seed);
              }

              @Override
              public void admitted(LinkMessage.Joined joined) {
                Long scale = joined.scale();
                belongTo(
                    joined.ringIdentity(), Arcs.of(joined.arcBits()), scale == null ? 0 : scale);
                listener.admitted();
              }

              @Override
              public void joined() {
                joining = null;
                in();
              }

              @Override
              public void failed(RingException why) {
                if (resumes && why instanceof RingException.Unavailable) {
                  resumeAlone(why.getMessage());
                } else {
                  fail(why);
                }
              }
            });
    joining = attempt;
    attempt.start();
  }

  /** The node was in this ring before, and nobody of it answers: it goes on, and looks for them. */
  private void resumeAlone(String why) {
    LOG.info("node {} goes on alone in ring {}: {}", membership.self(), config.ring(), why);
    goIn("resumed");
    settleAgain();
  }

  private void goIn(String cause) {
    membership.become(MemberState.ALIVE, cause);
    in();
  }

  private void in() {
    if (state == State.OUTSIDE) {
      state = State.IN;
      agreed = true;
      listener.entered();
      if (origin.identity().hasJoined()) {
        looksUntil = transport.clock().nanos() + limits.looksForPeersNanos();
        lookSoon();
      }
    }
  }

  private void fail(RingException why) {
    if (state == State.OUTSIDE) {
      state = State.SHUT;
      listener.failed(why);
    }
  }

  private void belongTo(String identity, Arcs arcs, long scale) {
    ringIdentity = identity;
    introduction.ringIdentity(identity);
    membership.enter(arcs, scale);
  }

  /** The node leaves or closes: nobody is let in any more, and a way in is given up. */
  void shut() {
    state = State.SHUT;
    settling.cancel();
    Joining attempt = joining;
    if (attempt != null) {
      attempt.cancel();
    }
  }

  /**
   * A node that resumed remembers addresses, not members, and so do those that it met: whoever of
   * its former peers is not with it would be looked for by nobody else, and two halves of a ring
   * that came back apart would stay two.
   */
  void lookForPeers() {
    var members = membership.view().members();
    if (state != State.IN || (members.size() > 1 && transport.clock().nanos() >= looksUntil)) {
      return;
    }
    List<String> contacts = origin.contacts();
    for (int tried = 0; tried < contacts.size(); tried++) {
      String contact = contacts.get(nextContact++ % contacts.size());
      Id met = metAt.get(contact);
      if (members.stream()
          .noneMatch(member -> member.address().equals(contact) || member.id().equals(met))) {
        links.dialSeed(contact);
        return;
      }
    }
  }

  private void lookSoon() {
    transport
        .scheduler()
        .schedule(
            LOOK_NANOS,
            () -> {
              if (state == State.IN && transport.clock().nanos() < looksUntil) {
                lookForPeers();
                lookSoon();
              }
            });
  }

  /** A newcomer asks to be let in. */
  void letIn(Id from, LinkMessage.Join join) {
    if (state != State.IN) {
      links.send(from, new LinkMessage.NotReady(state == State.SHUT ? "leaving" : "joining"));
      return;
    }
    membership.apply(List.of(join.self()), "joins");
    if (membership.isFull() && membership.stateOf(from) == null) {
      links.send(from, new LinkMessage.NotReady("its table of members is full"));
      return;
    }
    membership.gossip().admit(from, ringIdentity);
  }

  /** A seed let this node in. */
  void joined(Id from, LinkMessage.Joined joined) {
    Joining attempt = joining;
    if (attempt != null) {
      attempt.joined(from, joined);
    }
  }

  /** A seed cannot let this node in now. */
  void notReady(Id from, LinkMessage.NotReady notReady) {
    Joining attempt = joining;
    if (attempt != null) {
      attempt.notReady(from, notReady.why());
    }
  }

  /** A neighbour agrees on this node. */
  void settled(Id from, LinkMessage.Settled settled) {
    settling.settled(from, settled);
  }

  /** A neighbour is connected to another process that has this node's ID. */
  void rejected(RingException why) {
    Joining attempt = joining;
    if (attempt != null) {
      attempt.rejected(why);
    }
  }

  /** The node at a seed's address cannot be talked to. */
  void seedFailed(String seed, RingException why) {
    Joining attempt = joining;
    if (attempt != null) {
      attempt.seedFailed(seed, why);
    }
  }

  /** The node at a seed's address agreed to talk. */
  void seedLinked(String seed, Card card) {
    Joining attempt = joining;
    if (state == State.IN) {
      metAt.put(seed, card.id());
      links.send(card.id(), new LinkMessage.Ping(0, membership.digest()));
    } else if (attempt != null) {
      attempt.seedLinked(seed, card.id());
    }
  }
}
