package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/**
 * Nodes that are looked for through others, and on behalf of others (SWIM, Das, Gupta, Motivala
 * 2002, section 3.1).
 *
 * <p>Those who watch a silent node themselves are asked first, since they are connected to it and
 * need not shake hands with it, and have mostly heard it just now. However many ask, a node is
 * pinged once in an interval by each that is asked: one that is slow would otherwise be kept silent
 * by the questions whether it lives. On the loop.
 */
final class Probing {
  /** Askers of one indirect probe at most; further ones have asked others too. */
  private static final int ASKERS_MAX = 64;

  /** Nodes probed for others at once at most. */
  private static final int PROBED_MAX = 256;

  /** Who waits to hear of a node that is probed for them, and since when. */
  private record Asked(long sinceNanos, long pingedAt, LinkedHashSet<Id> askers) {}

  /** Who was asked and has not said yet what it found, and whether anybody heard the silent one. */
  private static final class Inquest {
    final Set<Id> open;
    boolean heard;

    Inquest(Set<Id> open) {
      this.open = open;
    }
  }

  private final Id self;
  private final FailureDetector.Limits limits;
  private final Membership membership;
  private final Post post;
  private final Clock clock;
  private final Randomness randomness;
  private final TreeMap<Id, Asked> askers = new TreeMap<>();

  /** When nobody listened at a member's address. */
  private final TreeMap<Id, Long> refusedAt = new TreeMap<>();

  /** Those after whom others were asked. */
  private final TreeMap<Id, Inquest> inquests = new TreeMap<>();

  private long pings;

  Probing(
      Id self,
      FailureDetector.Limits limits,
      Membership membership,
      Post post,
      Clock clock,
      Randomness randomness) {
    this.self = self;
    this.limits = limits;
    this.membership = membership;
    this.post = post;
    this.clock = clock;
    this.randomness = randomness;
  }

  /** Forgets what nobody waits for any more. */
  void tidy(long now) {
    askers
        .values()
        .removeIf(asked -> FailureDetector.isOver(asked.sinceNanos(), limits.suspectNanos(), now));
    refusedAt.values().removeIf(at -> FailureDetector.isOver(at, limits.suspectNanos(), now));
  }

  /** Asks a node whether it is there. */
  void ping(Id node) {
    post.send(node, new LinkMessage.Ping(++pings, membership.digest()));
  }

  /** Asks others whether they hear a node, those first who watch it. */
  void askWatchers(Id silent) {
    askOthers(silent, false);
  }

  /**
   * Asks any others: where nobody listens there is nobody to be spared, and those who watch it have
   * the same neighbours, some of whom may have died with it and will not answer.
   */
  void askAny(Id silent) {
    askOthers(silent, true);
  }

  private void askOthers(Id silent, boolean refused) {
    var probe = new LinkMessage.Probe(silent, refused ? Boolean.TRUE : null);
    var asked = new TreeSet<Id>();
    if (!refused) {
      ask(probe, membership.view().neighbours(silent, limits.perSide()), asked);
    }
    ask(probe, membership.view().alive(), asked);
    inquests.put(silent, new Inquest(asked));
    if (inquests.size() > PROBED_MAX) {
      inquests.pollFirstEntry();
    }
  }

  private void ask(LinkMessage.Probe probe, List<Member> from, Set<Id> asked) {
    Id silent = probe.node();
    var candidates = new ArrayList<Id>();
    for (Member member : from) {
      Id id = member.id();
      if (member.state() == MemberState.ALIVE
          && !id.equals(self)
          && !id.equals(silent)
          && !asked.contains(id)) {
        candidates.add(id);
      }
    }
    while (asked.size() < limits.probers() && !candidates.isEmpty()) {
      Id prober = candidates.remove((int) randomness.below(candidates.size()));
      asked.add(prober);
      post.send(prober, probe);
    }
  }

  /**
   * A node asks this one whether it hears another. If that spoke just now there is no need to ask
   * it, unless nobody listened at its address since.
   */
  void probe(Id from, LinkMessage.Probe probe, boolean heardJustNow) {
    Id node = probe.node();
    if (membership.addressOf(node) == null) {
      return;
    }
    long now = clock.nanos();
    Long refused = refusedAt.get(node);
    if (refused != null && !FailureDetector.isOver(refused, limits.suspectNanos(), now)) {
      post.send(from, new LinkMessage.Probed(node, true));
      return;
    }
    if (heardJustNow && probe.refused() == null) {
      post.send(from, new LinkMessage.Probed(node, false));
      return;
    }
    Asked asked = askers.get(node);
    if (asked == null) {
      if (askers.size() >= PROBED_MAX) {
        return;
      }
      asked = new Asked(now, Long.MIN_VALUE, new LinkedHashSet<>());
    }
    if (asked.askers().size() < ASKERS_MAX) {
      asked.askers().add(from);
    }
    if (asked.pingedAt() == Long.MIN_VALUE
        || FailureDetector.isOver(asked.pingedAt(), limits.intervalNanos(), now)) {
      asked = new Asked(asked.sinceNanos(), now, asked.askers());
      ping(node);
    }
    askers.put(node, asked);
  }

  /** A node gave a sign of life: whoever asked for one hears of it. */
  void heard(Id node) {
    refusedAt.remove(node);
    inquests.remove(node);
    answerAskers(node, false);
  }

  /**
   * Another node says that it heard it.
   *
   * @return whether that one was asked, and says so for the first time
   */
  boolean heardByAnother(Id witness, Id node) {
    Inquest inquest = inquests.get(node);
    if (inquest == null || !inquest.open.remove(witness)) {
      return false;
    }
    inquest.heard = true;
    return true;
  }

  /** Nobody listens at a node's address. */
  void refused(Id node) {
    refusedAt.put(node, clock.nanos());
    answerAskers(node, true);
  }

  private void answerAskers(Id probed, boolean refused) {
    Asked asked = askers.remove(probed);
    if (asked != null) {
      asked.askers().forEach(asker -> post.send(asker, new LinkMessage.Probed(probed, refused)));
    }
  }

  /**
   * When this node and all that it asked find that nobody listens at a suspect's address, there is
   * nothing to wait for. One node alone may be the one that is cut off.
   */
  void refusedToo(Id witness, Id node) {
    Inquest inquest = inquests.get(node);
    if (inquest != null
        && inquest.open.remove(witness)
        && inquest.open.isEmpty()
        && !inquest.heard) {
      inquests.remove(node);
      membership.bury(node, "nobody listens at its address, as others found too");
    }
  }
}
