package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Card;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Timer;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/**
 * Notices members that do not answer.
 *
 * <p>Each node watches its nearest neighbours: any frame from one is a sign of life, and each sends
 * the other a beat each interval, or at the pace of the slower of the two. Before a silent
 * neighbour is suspected others are asked to probe it (SWIM, Das, Gupta, Motivala 2002, section
 * 3.1); a suspect that neither refutes nor is heard in time is dead (section 4.2). How long is long
 * depends on the {@link Rhythm} of the accused, and on the judge: the time that its own loop was
 * held is counted against nobody, and one that is late at every turn waits for longer (local
 * health, in Lifeguard: Dadgar, Phillips, Currey, DSN-W 2018). On the loop.
 */
public final class FailureDetector {
  /** Turns late in a row beyond which a judge does not wait for longer still. */
  private static final int LATE_TURNS_MAX = 8;

  /** By how many times the excess of its gaps a neighbour may be silent for longer. */
  private static final int SUSPECT_EXCESS = 2;

  /** By how many times the excess of its gaps a suspect has longer. */
  private static final int BURY_EXCESS = 4;

  /** Into how many the interval is cut between the accusations of one neighbour and the next. */
  private static final int RANKS_PER_INTERVAL = 16;

  /** How many times longer a suspect has if this node does not watch it: those judge who do. */
  private static final int STRANGER_PATIENCE = 32;

  /** After how many times its time such a suspect is asked about. */
  private static final int ASKING_AFTER = 4;

  /** Turns between two questions about such a suspect, on average. */
  private static final int ASKING_TURNS = 16;

  /** Turns of a node between two looks for one that is dead, on average, in a ring of one. */
  private static final int LOOKING_TURNS = 4;

  /**
   * Quarters of an interval of silence after which others are asked: three intervals and what a
   * beat may be late. Where one frame in twenty is lost a node that watches eight sees two beats in
   * a row go astray every twelve seconds, and three every four minutes.
   */
  private static final int ASKING_QUARTERS = 13;

  /** The same for the time until a suspicion, where that is less than four intervals. */
  private static final int SUSPECT_QUARTERS = 16;

  /** How many times its time a suspect has that is heard and does not refute. */
  private static final int HEARD_PATIENCE = 16;

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

  private final Id self;
  private final Limits limits;
  private final Membership membership;
  private final Links links;
  private final Post post;
  private final Clock clock;
  private final Scheduler scheduler;
  private final Randomness randomness;
  private final TreeMap<Id, Watch> watched = new TreeMap<>();

  /** When one that speaks was last told that it counts as suspect or departed. */
  private final TreeMap<Id, Long> toldAt = new TreeMap<>();

  private final Probing probing;
  private final TableRepair repair;
  private final Rhythm ownRhythm;
  private @Nullable Timer timer;
  private long tickedAt;
  private int lateTurns;

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
    this.probing = new Probing(self, limits, membership, post, clock, randomness);
    this.repair = new TableRepair(self, limits.perSide(), membership, post, randomness);
    this.ownRhythm = new Rhythm(limits.intervalNanos(), clock.nanos());
  }

  /** Begins to watch; does nothing if it does already. */
  public void start() {
    if (timer != null) {
      return;
    }
    tickedAt = clock.nanos();
    ownRhythm.interrupted();
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
    noteOwnPace(now);
    tickedAt = now;
    beat(now);
    look(now);
    askAboutSuspects(now);
    lookForDeparted(now);
    repair.turn();
    membership.proximity().turn();
    probing.tidy(now);
    toldAt.values().removeIf(at -> isOver(at, limits.suspectNanos(), now));
    timer = scheduler.schedule(limits.intervalNanos(), this::tick);
  }

  /** Whether a moment is longer ago than that; one from the future, by a clock that went back. */
  static boolean isOver(long at, long nanos, long now) {
    return now - at > nanos || now - at < 0;
  }

  /**
   * This node's own turn is late, or its clock went back: the time in between is counted against
   * nobody. A node that is late at every turn is not away but slow. It cannot forgive for ever or
   * nobody would notice a death where all are slow: it judges, and takes its time.
   */
  private void noteOwnPace(long now) {
    long gap = now - tickedAt;
    boolean late = gap > 2 * limits.intervalNanos();
    boolean usual = late && lateTurns == LATE_TURNS_MAX && gap <= 2 * ownRhythm.gapNanos();
    if (gap < 0 || (late && !usual)) {
      forgive(now);
    }
    if (gap > givenUpAfterNanos()) {
      links.wasAway();
    }
    lateTurns = late ? Math.min(LATE_TURNS_MAX, lateTurns + 1) : Math.max(0, lateTurns - 1);
    ownRhythm.beat(now);
  }

  /** After what time without its beats its neighbours give a node of its rhythm up. */
  private long givenUpAfterNanos() {
    return limits.suspectNanos()
        + limits.buryNanos()
        + (SUSPECT_EXCESS + BURY_EXCESS) * ownRhythm.excessNanos();
  }

  /** This node itself was away: everybody gets a fresh start, watched and suspected. */
  private void forgive(long now) {
    watched.values().forEach(watch -> watch.restart(now));
    for (MemberTable.Known suspect : membership.table().in(MemberState.SUSPECT)) {
      membership.table().restartClock(suspect, now);
    }
    membership.proximity().interrupted();
  }

  /** Sends a beat to each neighbour that keeps up with them, and watches all from now on. */
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
      Watch watch = watched.computeIfAbsent(id, fresh -> new Watch(limits.intervalNanos(), now));
      if (watch.isDue(now, watch.silenceNanos(now, links.heardAt(id)))) {
        post.send(id, beat);
      }
    }
    watched.keySet().retainAll(current);
  }

  /**
   * Judges by the clocks, and comes back before the next turn if one of them runs out earlier. Not
   * while the turn itself is late: then this node was away, and the next turn forgives.
   */
  private void look(long now) {
    if (timer == null || isOver(tickedAt, 2 * limits.intervalNanos(), now)) {
      return;
    }
    long next = Math.min(accuse(now), bury(now));
    if (next < limits.intervalNanos()) {
      scheduler.schedule(next, () -> look(clock.nanos()));
    }
  }

  /** A judge that is late itself hears late, too (Lifeguard: the local health multiplier). */
  private long patience() {
    return 1L + lateTurns;
  }

  /**
   * Accuses whoever was silent for too long; tells when the next one will have been. The nearest
   * neighbours accuse first and the others a moment later, unless they were told meanwhile: many
   * accusations of one moment are work for the accused, who has to answer.
   */
  private long accuse(long now) {
    long next = Long.MAX_VALUE;
    for (Member neighbour : membership.view().neighbours(self, limits.perSide())) {
      Id id = neighbour.id();
      Watch watch = watched.get(id);
      if (watch == null) {
        continue;
      }
      long silence = watch.silenceNanos(now, links.heardAt(id));
      long slack = SUSPECT_EXCESS * watch.rhythm.excessNanos();
      long askAfter = patience() * (askingNanos() + slack);
      if (neighbour.state() == MemberState.SUSPECT) {
        watch.probing = false;
        continue;
      }
      if (silence <= askAfter) {
        watch.probing = false;
        next = Math.min(next, askAfter - silence + 1);
        continue;
      }
      long suspectAfter =
          patience() * (limits.suspectNanos() + slack)
              + rank(id) * (limits.intervalNanos() / RANKS_PER_INTERVAL);
      if (silence > suspectAfter) {
        membership.suspect(id, "no answer for " + silence / 1_000_000 + " ms");
        continue;
      }
      next = Math.min(next, suspectAfter - silence + 1);
      if (!watch.probing) {
        watch.probing = true;
        probing.askWatchers(id);
      }
    }
    return next;
  }

  private long askingNanos() {
    return Math.min(
        ASKING_QUARTERS * limits.intervalNanos() / 4,
        limits.suspectNanos() * ASKING_QUARTERS / SUSPECT_QUARTERS);
  }

  /** How many live between this node and another on the shorter way, 0 for the next beside it. */
  private int rank(Id id) {
    List<Member> watchers = membership.view().neighbours(id, limits.perSide());
    int clockwise = Math.min(limits.perSide(), watchers.size());
    int rank = limits.perSide();
    for (int at = 0; at < watchers.size(); at++) {
      if (watchers.get(at).id().equals(self)) {
        rank = Math.min(rank, at < clockwise ? at : at - clockwise);
      }
    }
    return rank;
  }

  /**
   * Declares dead who neither refuted in time nor was heard for that time; tells when the next one
   * will not have. One that is heard lives, and has the accusation still before it: only if it goes
   * on like that for long is it deaf, and of no use to anybody.
   */
  private long bury(long now) {
    long next = Long.MAX_VALUE;
    for (MemberTable.Known suspect : membership.table().in(MemberState.SUSPECT)) {
      long suspected = now - suspect.sinceNanos();
      long left = buryAfter(suspect.card().id(), suspected, now) - suspected;
      if (left >= 0) {
        next = Math.min(next, left + 1);
      } else if (!suspect.card().id().equals(self)) {
        membership.bury(
            suspect.card().id(),
            "suspected for " + suspected / 1_000_000 + " ms and never refuted it");
      }
    }
    return next;
  }

  private long buryAfter(Id id, long suspected, long now) {
    Watch watch = watched.get(id);
    if (watch == null) {
      return STRANGER_PATIENCE * patience() * limits.buryNanos();
    }
    long time = patience() * (limits.buryNanos() + BURY_EXCESS * watch.rhythm.excessNanos());
    long heardAfter = suspected - watch.silenceNanos(now, links.heardAt(id));
    return Math.min(HEARD_PATIENCE * time, time + Math.max(0, heardAfter));
  }

  /**
   * Of a suspect that this node does not watch it hears neither the refutation, if that was lost,
   * nor a beat: it asks one who does now and then, once the matter should have been decided.
   */
  private void askAboutSuspects(long now) {
    for (MemberTable.Known suspect : membership.table().in(MemberState.SUSPECT)) {
      Id id = suspect.card().id();
      if (watched.containsKey(id)
          || now - suspect.sinceNanos() <= ASKING_AFTER * limits.buryNanos()
          || randomness.below(ASKING_TURNS) != 0) {
        continue;
      }
      List<Member> watchers = new ArrayList<>(membership.view().neighbours(id, limits.perSide()));
      watchers.removeIf(each -> each.state() != MemberState.ALIVE || each.id().equals(self));
      if (!watchers.isEmpty()) {
        Id watcher = watchers.get((int) randomness.below(watchers.size())).id();
        post.send(watcher, new LinkMessage.Want(List.of(id)));
      }
    }
  }

  /**
   * Two halves of a ring that was split hold each other dead: each node looks for one of the dead
   * now and then, and whoever answers refutes its death. The more there are the less often each
   * looks: one that is held dead and lives is to be found, not to be overrun.
   */
  private void lookForDeparted(long now) {
    membership.forgetDeparted(now - limits.departedNanos());
    if (randomness.below(LOOKING_TURNS + membership.view().aliveCount() / 2) != 0) {
      return;
    }
    List<MemberTable.Known> dead = membership.table().in(MemberState.DEAD);
    if (!dead.isEmpty()) {
      Card sought = dead.get((int) randomness.below(dead.size())).card();
      // Where a present member listens there is nobody else.
      if (!membership.isTaken(sought.address())) {
        links.reach(sought.id());
        probing.ping(sought.id());
      }
    }
  }

  /** A neighbour's sign of life. */
  public void beat(Id from, LinkMessage.Beat beat) {
    membership.scaleOf(from, beat.scale() == null ? 0 : beat.scale());
    probing.heard(from);
    Watch watch = watched.get(from);
    if (watch != null) {
      watch.rhythm.beat(clock.nanos());
    }
    remind(from);
    if (beat.digest() != 0) {
      repair.noteDigest(from, beat.digest());
    }
    if (beat.facts() != null) {
      membership.gossip().shortFacts(from, beat.facts());
    }
    if (watch == null) {
      post.send(from, new LinkMessage.Pong(0, membership.digest()));
    }
  }

  /** A neighbour asks whether this node is there. */
  public void ping(Id from, LinkMessage.Ping ping) {
    post.send(from, new LinkMessage.Pong(ping.number(), membership.digest()));
    tellWhatIsKnownOf(from);
    repair.noteDigest(from, ping.digest());
  }

  /** A neighbour is there. */
  public void pong(Id from, LinkMessage.Pong pong) {
    probing.heard(from);
    if (membership.proximity().pong(from, pong.number())) {
      return;
    }
    remind(from);
    repair.noteDigest(from, pong.digest());
  }

  /**
   * One that speaks but counts as suspect or departed is told so, in case it was not reached when
   * it was accused. Not with each of its beats, nor by all at once: it would spend its time on
   * that.
   */
  private void remind(Id from) {
    MemberTable.Known known = membership.table().get(from);
    long now = clock.nanos();
    if (known != null
        && (known.state() == MemberState.SUSPECT || known.state() == MemberState.DEAD)) {
      long pause = (1 + rank(from)) * limits.intervalNanos();
      Long told = toldAt.get(from);
      if (!isOver(known.sinceNanos(), pause, now) || (told != null && !isOver(told, pause, now))) {
        return;
      }
    }
    tellWhatIsKnownOf(from);
  }

  private void tellWhatIsKnownOf(Id from) {
    MemberTable.Known known = membership.table().get(from);
    if (known == null) {
      membership.met(from);
    } else if (known.state() == MemberState.SUSPECT || known.state() == MemberState.DEAD) {
      toldAt.put(from, clock.nanos());
      post.send(from, new LinkMessage.News(List.of(known.entry()), null));
    }
  }

  /** A node asks this one to probe another for it. */
  public void probe(Id from, LinkMessage.Probe probe) {
    long heardAt = links.heardAt(probe.node());
    boolean heardJustNow =
        heardAt != Long.MIN_VALUE && !isOver(heardAt, limits.intervalNanos(), clock.nanos());
    probing.probe(from, probe, heardJustNow);
  }

  /** Another node heard from a node that this one could not hear; or found nobody there either. */
  public void probed(Id from, LinkMessage.Probed probed) {
    if (probed.refused()) {
      probing.refusedToo(from, probed.node());
      return;
    }
    Watch watch = watched.get(probed.node());
    if (probing.heardByAnother(from, probed.node()) && watch != null) {
      watch.heardByAnother(clock.nanos());
    }
  }

  /**
   * A connection ended or could not be made. Nobody listening means that the process is gone, which
   * is reason to suspect at once; anything else is reason for its neighbours to connect again and
   * see. The others connect when they have something to say: all of them at once, again and again,
   * are more handshakes than a slow node can end in time.
   */
  public void unlinked(Id node, String reason, boolean refused) {
    MemberState state = membership.stateOf(node);
    if (state == null || !state.isPresent() || node.equals(self)) {
      return;
    }
    if (refused) {
      probing.refused(node);
      membership.suspect(node, "cannot be reached: " + reason);
      if (watched.containsKey(node)) {
        probing.askAny(node);
      }
    } else if (watched.containsKey(node)) {
      links.reach(node);
    } else {
      membership.proximity().unreachable(node);
    }
  }
}
