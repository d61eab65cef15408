package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * The members that keep records, as one node sees them: who should keep an arc, and who of those
 * that do is to be asked first. A hint; configurations decide. On the loop.
 */
final class Neighbourhood {
  /** What this node remembers of one that it saw. */
  private static final class Seen {
    final long sinceNanos;
    final long incarnation;
    boolean suspect;

    /** Whether what it keeps outlives its process, so that it may come back with it. */
    boolean durable;

    /** Whether it said so. */
    boolean told;

    Seen(long sinceNanos, long incarnation) {
      this.sinceNanos = sinceNanos;
      this.incarnation = incarnation;
    }
  }

  /** Among so many of the nearest members those are sought that are on hosts of their own. */
  private static final int SPREAD_OVER = 32;

  /** Whoever keeps an arc together with a node is among so many that are nearest to that node. */
  static final int PEERS_MAX = 2 * (SPREAD_OVER - 1);

  /** Departed nodes that are remembered at most. */
  private static final int REMEMBERED_MAX = 10_000;

  private final Id self;
  private final String service;
  private final long settledNanos;
  private final long goneNanos;
  private final Map<Id, Seen> seen = new TreeMap<>();

  /** Where members are, and where those were that may come back. */
  private final Map<Id, Spot> spots = new TreeMap<>();

  /** Whether it matters which of the members keep an arc. */
  private boolean various;

  /** Since when members of arcs have been missing. */
  private final Map<Id, Long> missing = new TreeMap<>();

  private final TreeSet<Id> left = new TreeSet<>();

  /** Those of them that kept everything in memory, and cannot come back with it. */
  private final TreeSet<Id> emptied = new TreeSet<>();

  private final TreeSet<Id> leaving = new TreeSet<>();

  /** Members that are about to stop, and let others lead. */
  private final TreeSet<Id> resting = new TreeSet<>();

  private int leavingHere;
  private List<Member> present = List.of();
  private RingView view;

  /**
   * Makes one.
   *
   * @param settledNanos how long a newcomer waits for arcs that have members enough
   * @param goneNanos how long a member that died keeps its place
   */
  Neighbourhood(RingView view, String service, long settledNanos, long goneNanos, long now) {
    this.view = view;
    this.self = view.self();
    this.service = service;
    this.settledNanos = settledNanos;
    this.goneNanos = goneNanos;
    List<Id> unused = move(view, now);
  }

  RingView view() {
    return view;
  }

  /**
   * The next view.
   *
   * @return the nodes that have started again
   */
  List<Id> move(RingView next, long now) {
    view = next;
    present =
        next.members().stream()
            .filter(
                member ->
                    member.offers(service)
                        && (member.state() == MemberState.ALIVE
                            || member.state() == MemberState.SUSPECT))
            .toList();
    var ids = new TreeSet<Id>();
    var restarted = new ArrayList<Id>();
    boolean others = false;
    for (Member member : present) {
      Id id = member.id();
      ids.add(id);
      Seen known = seen.get(id);
      boolean again = known != null && known.incarnation != member.incarnation();
      if (known == null || again) {
        // Who said that it leaves has left for good, however that went, until it starts again.
        leaving.remove(id);
        resting.remove(id);
        known = new Seen(now, member.incarnation());
        seen.put(id, known);
        spots.put(id, Spot.of(member));
        others = true;
      }
      if (again || missing.containsKey(id)) {
        restarted.add(id);
      }
      known.suspect = member.state() == MemberState.SUSPECT;
    }
    others |= seen.size() > ids.size();
    seen.entrySet()
        .removeIf(
            each -> {
              boolean vanished = !ids.contains(each.getKey());
              boolean returns = each.getValue().durable && !leaving.contains(each.getKey());
              if (vanished && !each.getValue().suspect && !returns) {
                left.add(each.getKey());
                if (each.getValue().told && !each.getValue().durable) {
                  emptied.add(each.getKey());
                }
              }
              return vanished;
            });
    // Who is forgotten, and is a member of an arc still, counts as missing from now on.
    if (missing.size() > REMEMBERED_MAX) {
      missing.clear();
    }
    if (left.size() > REMEMBERED_MAX) {
      left.clear();
    }
    left.removeAll(ids);
    emptied.retainAll(left);
    if (leaving.size() > REMEMBERED_MAX) {
      leaving.retainAll(ids);
    }
    if (resting.size() > REMEMBERED_MAX) {
      resting.retainAll(ids);
    }
    if (spots.size() > ids.size() + REMEMBERED_MAX) {
      spots.keySet().retainAll(ids);
    }
    if (others) {
      various = Spot.differ(ids.stream().map(spots::get).toList());
    }
    countLeaving();
    missing.keySet().removeAll(ids);
    return restarted;
  }

  /** Whether a node is in the ring and not under suspicion. */
  boolean answers(Id node) {
    Seen known = seen.get(node);
    return known != null && !known.suspect;
  }

  /** A member said whether what it keeps outlives its process. */
  void keeps(Id node, boolean durably) {
    Seen known = seen.get(node);
    if (known != null) {
      known.durable = durably;
      known.told = true;
    }
  }

  /** Whether a member said whether what it keeps outlives its process; true of this node. */
  boolean isKnown(Id node) {
    Seen known = seen.get(node);
    return node.equals(self) || known == null || known.told;
  }

  /** Whether no more than one other keeps records. */
  boolean isPair() {
    return present.size() <= 2;
  }

  /** A member is about to leave. */
  boolean leaves(Id node) {
    boolean news = leaving.add(node);
    countLeaving();
    return news;
  }

  /** A member is about to stop, or to leave: others should lead in its stead. */
  boolean rests(Id node) {
    return resting.add(node);
  }

  /** Whether a node said goodbye, and what it kept ended with its process. */
  boolean isEmptied(Id node) {
    return emptied.contains(node);
  }

  /** Whether a node is in the ring, be it under suspicion or about to go. */
  boolean isThere(Id node) {
    return seen.containsKey(node);
  }

  /** Whether a member can lead: it answers, and is not about to go. */
  boolean canLead(Id node) {
    return unfitness(node) == 0;
  }

  private void countLeaving() {
    leavingHere = (int) present.stream().filter(member -> leaving.contains(member.id())).count();
  }

  boolean isLeaving() {
    return leaving.contains(self);
  }

  /** Whether there is another member than this node. */
  boolean isAlone() {
    return present.isEmpty() || (present.size() == 1 && present.get(0).id().equals(self));
  }

  /**
   * Who should keep an arc that these keep now.
   *
   * @param wanted how many copies there should be
   */
  Place place(int arc, Collection<Voter> members, int wanted, long now) {
    Id centre = view.arcs().centre(arc);
    var near = new ArrayList<Id>();
    var young = new ArrayList<Id>();
    int reach = various ? Math.max(SPREAD_OVER, wanted) : wanted;
    for (Member member : nearest(centre, reach + leavingHere)) {
      Id id = member.id();
      if (!leaving.contains(id) && near.size() < reach) {
        near.add(id);
        Seen since = seen.get(id);
        if (since != null && now - since.sinceNanos < settledNanos) {
          young.add(id);
        }
      }
    }
    var gone = new ArrayList<Id>();
    for (Voter voter : members) {
      Id node = voter.node();
      if (!seen.containsKey(node)) {
        long since = missing.computeIfAbsent(node, unused -> now);
        if (left.contains(node) || now - since >= goneNanos) {
          gone.add(node);
        }
      }
    }
    List<Id> leavers =
        members.stream().map(Voter::node).filter(leaving::contains).distinct().toList();
    return new Place(
        centre,
        near,
        young,
        gone,
        leavers,
        wanted,
        various ? spots(near, members) : Collections.emptyMap());
  }

  private Map<Id, Spot> spots(List<Id> near, Collection<Voter> members) {
    var some = new TreeMap<Id, Spot>();
    near.forEach(node -> some.put(node, spots.getOrDefault(node, Spot.UNKNOWN)));
    members.forEach(
        voter -> some.put(voter.node(), spots.getOrDefault(voter.node(), Spot.UNKNOWN)));
    return some;
  }

  /** The present members nearest to an ID, the closest first, this node among them. */
  List<Member> nearest(Id centre, int count) {
    var nearest = new ArrayList<Member>();
    int after = firstFrom(centre);
    int before = after - 1;
    while (nearest.size() < Math.min(count, present.size())) {
      Member next = present.get(Math.floorMod(after, present.size()));
      Member previous = present.get(Math.floorMod(before, present.size()));
      if (Id.compareDistance(centre, next.id(), previous.id()) < 0) {
        nearest.add(next);
        after++;
      } else {
        nearest.add(previous);
        before--;
      }
    }
    return nearest;
  }

  private int firstFrom(Id centre) {
    int low = 0;
    int high = present.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (present.get(middle).id().compareTo(centre) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * The members of an arc in the order in which they should be its daddy: those that answer and
   * stay before the others, and the closest first.
   */
  List<Id> preferred(int arc, Configuration configuration) {
    Id centre = view.arcs().centre(arc);
    List<Voter> voters = configuration.joint() ? configuration.next() : configuration.members();
    var nodes = new ArrayList<Id>();
    voters.forEach(voter -> nodes.add(voter.node()));
    nodes.sort(
        (one, other) -> {
          int byFitness = Integer.compare(unfitness(one), unfitness(other));
          return byFitness != 0 ? byFitness : Id.compareDistance(centre, one, other);
        });
    return nodes;
  }

  private int unfitness(Id node) {
    Seen known = seen.get(node);
    if (known == null) {
      return 3;
    }
    boolean goes = leaving.contains(node) || resting.contains(node);
    return known.suspect ? 2 : goes ? 1 : 0;
  }

  /** The first that should be the daddy, null if none of the members is in the ring. */
  @Nullable Id daddy(int arc, Configuration configuration) {
    List<Id> nodes = preferred(arc, configuration);
    return nodes.isEmpty() || unfitness(nodes.get(0)) == 3 ? null : nodes.get(0);
  }
}
