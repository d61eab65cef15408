package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Timer;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * Notices members that do not answer.
 *
 * <p>Each node watches its nearest neighbours: any frame from one is a sign of life, and a ping
 * asks for one each interval. Before a silent neighbour is suspected others are asked to probe it
 * (SWIM, Das, Gupta, Motivala 2002, section 3.1); a suspect that does not refute in time is dead
 * (section 4.2). The time that this node's own loop was held is not counted against anybody (in the
 * spirit of Lifeguard, Dadgar, Phillips, Currey 2018). On the loop.
 */
public final class FailureDetector {
  /** Askers of one indirect probe at most; further ones have asked others too. */
  private static final int ASKERS_MAX = 64;

  /** Beats of one neighbour with another digest until the tables are compared. */
  private static final int DIFFERING_BEATS = 4;

  /** Beats after which a node is young no more. */
  private static final int YOUTH_BEATS = 16;

  /** Beats between two exchanges of leaves, on average. */
  private static final int EXCHANGE_BEATS = 16;

  /** Nodes probed for others at once at most. */
  private static final int PROBED_MAX = 256;

  /**
   * The clocks.
   *
   * @param intervalNanos between pings to one neighbour
   * @param suspectNanos silence after which a neighbour is suspected
   * @param buryNanos how long a suspect may refute
   * @param departedNanos how long a departed member is remembered and looked for
   * @param perSide neighbours watched on each side
   * @param probers members asked to probe a silent neighbour
   */
  public record Limits(
      long intervalNanos,
      long suspectNanos,
      long buryNanos,
      long departedNanos,
      int perSide,
      int probers) {}

  /** What the detector needs to know of links. */
  public interface Links {
    /** When a frame last came from a node; {@link Long#MIN_VALUE} if never. */
    long heardAt(Id node);

    /** Connects to a node if it is not connected. */
    void reach(Id node);

    /** This node itself was away for so long that others may have given it up. */
    void wasAway();
  }

  private static final class Watch {
    final long since;
    long indirectlyHeardAt = Long.MIN_VALUE;
    boolean probing;

    Watch(long since) {
      this.since = since;
    }
  }

  /** Who waits to hear of a node that is probed for them, and since when. */
  private record Asked(long sinceNanos, LinkedHashSet<Id> askers) {}

  private final Id self;
  private final Limits limits;
  private final Membership membership;
  private final Links links;
  private final Post post;
  private final Clock clock;
  private final Scheduler scheduler;
  private final Randomness randomness;
  private final TreeMap<Id, Watch> watched = new TreeMap<>();
  private final TreeMap<Id, Asked> askers = new TreeMap<>();
  private final TreeMap<Id, Integer> differing = new TreeMap<>();

  /** When nobody listened at a member's address. */
  private final TreeMap<Id, Long> refusedAt = new TreeMap<>();

  /** Suspects at whose addresses nobody listened, and who has not said yet what it found there. */
  private final TreeMap<Id, TreeSet<Id>> inquests = new TreeMap<>();

  private @Nullable Timer timer;
  private long tickedAt;
  private long pings;
  private int youth = YOUTH_BEATS;
  private long scaleSeen;

  /** Makes the detector of a node; it does nothing until {@link #start}. */
  public FailureDetector(
      Id self,
      Limits limits,
      Membership membership,
      Links links,
      Post post,
      Clock clock,
      Scheduler scheduler,
      Randomness randomness) {
    this.self = self;
    this.limits = limits;
    this.membership = membership;
    this.links = links;
    this.post = post;
    this.clock = clock;
    this.scheduler = scheduler;
    this.randomness = randomness;
  }

  /** Begins to watch; does nothing if it does already. */
  public void start() {
    if (timer != null) {
      return;
    }
    tickedAt = clock.nanos();
    timer = scheduler.schedule(randomness.below(limits.intervalNanos()), this::tick);
  }

  /** Stops watching. */
  public void stop() {
    Timer current = timer;
    timer = null;
    if (current != null) {
      current.cancel();
    }
  }

  private void tick() {
    if (timer == null) {
      return;
    }
    long now = clock.nanos();
    if (now - tickedAt > 2 * limits.intervalNanos()) {
      forgive(now);
    }
    tickedAt = now;
    beat(now);
    look(now);
    lookForDeparted(now);
    compareOne();
    exchange();
    askers.values().removeIf(asked -> now - asked.sinceNanos() > limits.suspectNanos());
    refusedAt.values().removeIf(at -> now - at > limits.suspectNanos());
    timer = scheduler.schedule(limits.intervalNanos(), this::tick);
  }

  /** This node itself was away: everybody gets a fresh start, watched and suspected. */
  private void forgive(long now) {
    links.wasAway();
    watched.replaceAll((id, watch) -> new Watch(now));
    for (MemberTable.Known suspect : membership.table().in(MemberState.SUSPECT)) {
      membership.table().restartClock(suspect, now);
    }
  }

  /** Sends a beat to each neighbour, and watches them from now on. */
  private void beat(long now) {
    List<Member> neighbours = membership.view().neighbours(self, limits.perSide());
    long scale = membership.scale();
    var beat =
        new LinkMessage.Beat(
            membership.digest(),
            membership.gossip().factsForBeats(),
            scale == 0 ? null : Long.valueOf(scale));
    var current = new TreeSet<Id>();
    for (Member neighbour : neighbours) {
      Id id = neighbour.id();
      current.add(id);
      watched.computeIfAbsent(id, fresh -> new Watch(now));
      post.send(id, beat);
    }
    watched.keySet().retainAll(current);
  }

  /**
   * Judges by the clocks, and comes back before the next turn if one of them runs out earlier. Not
   * while the turn itself is late: then this node was away, and the next turn forgives.
   */
  private void look(long now) {
    if (timer == null || now - tickedAt > 2 * limits.intervalNanos()) {
      return;
    }
    long next = Math.min(accuse(now), bury(now));
    if (next < limits.intervalNanos()) {
      scheduler.schedule(next, () -> look(clock.nanos()));
    }
  }

  /** Accuses whoever was silent for too long; tells when the next one will have been. */
  private long accuse(long now) {
    long next = Long.MAX_VALUE;
    for (Member neighbour : membership.view().neighbours(self, limits.perSide())) {
      Id id = neighbour.id();
      Watch watch = watched.get(id);
      if (watch == null) {
        continue;
      }
      long silence = now - lastSign(id, watch);
      if (neighbour.state() == MemberState.SUSPECT || silence <= 2 * limits.intervalNanos()) {
        watch.probing = false;
        continue;
      }
      if (silence > limits.suspectNanos()) {
        membership.suspect(id, "no answer for " + silence / 1_000_000 + " ms");
        continue;
      }
      next = Math.min(next, limits.suspectNanos() - silence + 1);
      if (!watch.probing) {
        watch.probing = true;
        askOthers(id);
      }
    }
    return next;
  }

  private long lastSign(Id id, Watch watch) {
    return Math.max(Math.max(watch.since, watch.indirectlyHeardAt), links.heardAt(id));
  }

  private void askOthers(Id silent) {
    var candidates = new ArrayList<Id>();
    for (Member member : membership.view().alive()) {
      if (!member.id().equals(self) && !member.id().equals(silent)) {
        candidates.add(member.id());
      }
    }
    var asked = new TreeSet<Id>();
    for (int i = 0; i < limits.probers() && !candidates.isEmpty(); i++) {
      Id prober = candidates.remove((int) randomness.below(candidates.size()));
      asked.add(prober);
      post.send(prober, new LinkMessage.Probe(silent));
    }
    inquests.put(silent, asked);
    if (inquests.size() > PROBED_MAX) {
      inquests.pollFirstEntry();
    }
  }

  /** Declares dead who did not refute in time; tells when the next one will not have. */
  private long bury(long now) {
    long next = Long.MAX_VALUE;
    for (MemberTable.Known suspect : membership.table().in(MemberState.SUSPECT)) {
      long suspected = now - suspect.sinceNanos();
      if (suspected <= limits.buryNanos()) {
        next = Math.min(next, limits.buryNanos() - suspected + 1);
      } else if (!suspect.card().id().equals(self)) {
        membership.bury(
            suspect.card().id(),
            "suspected for " + suspected / 1_000_000 + " ms and never refuted it");
      }
    }
    return next;
  }

  /**
   * Two halves of a ring that was split hold each other dead: each node looks for one of the dead
   * now and then, and whoever answers refutes its death.
   */
  private void lookForDeparted(long now) {
    membership.forgetDeparted(now - limits.departedNanos());
    if (randomness.below(4) != 0) {
      return;
    }
    List<MemberTable.Known> dead = membership.table().in(MemberState.DEAD);
    if (!dead.isEmpty()) {
      Id id = dead.get((int) randomness.below(dead.size())).card().id();
      links.reach(id);
      post.send(id, new LinkMessage.Ping(++pings, membership.digest()));
    }
  }

  /** Digests differ while news travels: only what lasts is worth a comparison. */
  private void compareOne() {
    var lasting = new ArrayList<Id>();
    differing.forEach(
        (id, beats) -> {
          if (beats >= DIFFERING_BEATS) {
            lasting.add(id);
          }
        });
    if (!lasting.isEmpty()) {
      membership.gossip().compareWith(lasting.get((int) randomness.below(lasting.size())));
      differing.clear();
    }
  }

  /**
   * In a large ring no digests can be compared: now and then, and at each beat while this node is
   * young, a member tells what this node lacks around itself and in its prefix table (periodic, not
   * reactive: Rhea, Geels, Roscoe, Kubiatowicz, USENIX 2004, section 4.1). In one that has become
   * small again all is learned anew, from members all over the circle.
   */
  private void exchange() {
    if (membership.scale() != scaleSeen) {
      scaleSeen = membership.scale();
      youth = YOUTH_BEATS;
    }
    RingView view = membership.view();
    if (!view.isComplete()) {
      exchangeLeaves(view);
    } else if (scaleSeen > 0 && youth > 0) {
      youth--;
      drawn(view.alive()).ifPresent(partner -> membership.gossip().compareWith(partner));
    }
  }

  private void exchangeLeaves(RingView view) {
    List<Id> partners = membership.surroundings().whereShort();
    Optional<Id> partner = Optional.empty();
    if (!partners.isEmpty()) {
      partner = Optional.of(partners.get((int) randomness.below(partners.size())));
    } else if (youth > 0 || randomness.below(EXCHANGE_BEATS) == 0) {
      youth = Math.max(0, youth - 1);
      partner =
          drawn(randomness.below(2) == 0 ? view.neighbours(self, limits.perSide()) : view.alive());
    }
    partner.ifPresent(node -> post.send(node, membership.surroundings().ask(0)));
  }

  private Optional<Id> drawn(List<Member> members) {
    if (members.isEmpty()) {
      return Optional.empty();
    }
    Id id = members.get((int) randomness.below(members.size())).id();
    return id.equals(self) ? Optional.empty() : Optional.of(id);
  }

  /** A neighbour's sign of life. */
  public void beat(Id from, LinkMessage.Beat beat) {
    aliveAgain(from);
    tellWhatIsKnownOf(from);
    membership.scaleOf(from, beat.scale() == null ? 0 : beat.scale());
    if (beat.digest() != 0) {
      noteDigest(from, beat.digest());
    }
    if (beat.facts() != null) {
      membership.gossip().shortFacts(from, beat.facts());
    }
    if (!watched.containsKey(from)) {
      post.send(from, new LinkMessage.Pong(0, membership.digest()));
    }
  }

  /** A neighbour asks whether this node is there. */
  public void ping(Id from, LinkMessage.Ping ping) {
    post.send(from, new LinkMessage.Pong(ping.number(), membership.digest()));
    tellWhatIsKnownOf(from);
    noteDigest(from, ping.digest());
  }

  /** A neighbour is there. */
  public void pong(Id from, LinkMessage.Pong pong) {
    aliveAgain(from);
    tellWhatIsKnownOf(from);
    noteDigest(from, pong.digest());
  }

  private void aliveAgain(Id node) {
    refusedAt.remove(node);
    inquests.remove(node);
    answerAskers(node, false);
  }

  private void answerAskers(Id probed, boolean refused) {
    Asked asked = askers.remove(probed);
    if (asked != null) {
      asked.askers().forEach(asker -> post.send(asker, new LinkMessage.Probed(probed, refused)));
    }
  }

  /** One that speaks but counts as suspect or departed is told so, and refutes it. */
  private void tellWhatIsKnownOf(Id from) {
    MemberTable.Known known = membership.table().get(from);
    if (known == null) {
      post.send(from, new LinkMessage.Want(List.of(from)));
    } else if (known.state() == MemberState.SUSPECT || known.state() == MemberState.DEAD) {
      post.send(from, new LinkMessage.News(List.of(known.entry()), null));
    }
  }

  private void noteDigest(Id from, long digest) {
    if (digest == 0 || membership.digest() == 0 || digest == membership.digest()) {
      differing.remove(from);
      return;
    }
    differing.merge(from, 1, Integer::sum);
    if (differing.size() > ASKERS_MAX) {
      differing.pollFirstEntry();
    }
  }

  /** A node asks this one to probe another for it. */
  public void probe(Id from, LinkMessage.Probe probe) {
    if (probe.node() == null || membership.addressOf(probe.node()) == null) {
      return;
    }
    Long refused = refusedAt.get(probe.node());
    if (refused != null && clock.nanos() - refused < limits.suspectNanos()) {
      post.send(from, new LinkMessage.Probed(probe.node(), true));
      return;
    }
    if (askers.size() >= PROBED_MAX && !askers.containsKey(probe.node())) {
      return;
    }
    LinkedHashSet<Id> waiting =
        askers
            .computeIfAbsent(probe.node(), id -> new Asked(clock.nanos(), new LinkedHashSet<>()))
            .askers();
    if (waiting.size() < ASKERS_MAX) {
      waiting.add(from);
      post.send(probe.node(), new LinkMessage.Ping(++pings, membership.digest()));
    }
  }

  /** Another node heard from a node that this one could not hear; or found nobody there either. */
  public void probed(Id from, LinkMessage.Probed probed) {
    Id node = probed.node();
    if (probed.refused()) {
      refusedToo(from, node);
      return;
    }
    inquests.remove(node);
    Watch watch = watched.get(node);
    if (watch != null) {
      watch.indirectlyHeardAt = clock.nanos();
      watch.probing = false;
    }
  }

  /**
   * When this node and all that it asked find that nobody listens at a suspect's address, there is
   * nothing to wait for. One node alone may be the one that is cut off.
   */
  private void refusedToo(Id witness, Id node) {
    TreeSet<Id> open = inquests.get(node);
    if (open != null && open.remove(witness) && open.isEmpty()) {
      inquests.remove(node);
      membership.bury(node, "nobody listens at its address, as others found too");
    }
  }

  /**
   * A connection ended or could not be made. Nobody listening means that the process is gone, which
   * is reason to suspect at once; anything else is reason to connect again and see.
   */
  public void unlinked(Id node, String reason, boolean refused) {
    MemberState state = membership.stateOf(node);
    if (state == null || !state.isPresent() || node.equals(self)) {
      return;
    }
    if (refused) {
      refusedAt.put(node, clock.nanos());
      answerAskers(node, true);
      membership.suspect(node, "cannot be reached: " + reason);
      if (watched.containsKey(node)) {
        askOthers(node);
      }
    } else {
      links.reach(node);
    }
  }
}
