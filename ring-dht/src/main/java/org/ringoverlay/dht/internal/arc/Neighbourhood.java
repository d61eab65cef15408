package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * The members that keep records, in one view of the ring: says for every arc who its copies are.
 *
 * <p>Copies are the nearest members that answer. But a majority is counted of the members that are
 * <em>present</em>, suspects included: whoever cannot reach the others must not take their silence
 * for their absence. Immutable but for the list of the departed, which {@link #after} hands on.
 */
final class Neighbourhood {
  private final RingView view;
  private final String service;
  private final int copiesWanted;
  private final int askedMax;
  private final boolean leaving;
  private final List<Member> present;
  private final List<Gone> gone;
  private final List<Id> newcomers;

  private record Gone(Id id, long untilNanos) {}

  private Neighbourhood(
      RingView view,
      String service,
      int copiesWanted,
      int askedMax,
      boolean leaving,
      List<Gone> gone,
      List<Member> before) {
    this.view = view;
    this.service = service;
    this.copiesWanted = copiesWanted;
    this.askedMax = askedMax;
    this.gone = gone;
    this.present =
        view.members().stream()
            .filter(member -> member.offers(service) && counts(member.state()))
            .toList();
    this.newcomers =
        present.stream()
            .filter(member -> before.stream().noneMatch(old -> isSameStart(old, member)))
            .map(Member::id)
            .toList();
    boolean others = present.stream().anyMatch(member -> !member.id().equals(view.self()));
    this.leaving = leaving && others;
  }

  /**
   * The first neighbourhood.
   *
   * @param askedMax how many of the nearest are asked when an arc gets another daddy
   */
  static Neighbourhood of(RingView view, String service, int copiesWanted, int askedMax) {
    return new Neighbourhood(view, service, copiesWanted, askedMax, false, List.of(), List.of());
  }

  /**
   * The neighbourhood of the next view. Members that vanish under suspicion have died and are
   * remembered for a while; those that vanish otherwise have left and handed over.
   */
  Neighbourhood after(RingView next, long nowNanos, long rememberedNanos) {
    var departed = new ArrayList<Gone>();
    for (Gone old : gone) {
      if (old.untilNanos - nowNanos > 0 && next.find(old.id).isEmpty()) {
        departed.add(old);
      }
    }
    for (Member member : present) {
      if (member.state() == MemberState.SUSPECT && next.find(member.id()).isEmpty()) {
        departed.add(new Gone(member.id(), nowNanos + rememberedNanos));
      }
    }
    return new Neighbourhood(next, service, copiesWanted, askedMax, leaving, departed, present);
  }

  /** The same for a node that is about to leave and does not count on itself any more. */
  Neighbourhood withoutSelf() {
    return new Neighbourhood(view, service, copiesWanted, askedMax, true, gone, present);
  }

  /**
   * The members of which the view before this one knew nothing: they are new, or they were away, or
   * they have started again and may have forgotten everything.
   */
  List<Id> newcomers() {
    return newcomers;
  }

  private static boolean isSameStart(Member one, Member other) {
    return one.id().equals(other.id()) && one.incarnation() == other.incarnation();
  }

  RingView view() {
    return view;
  }

  boolean isLeaving() {
    return leaving;
  }

  /** Whether this node gets the messages of an arc. */
  boolean isRoot(int arc) {
    return view.isRoot(view.arcs().centre(arc));
  }

  /** Who matters to an arc. */
  Place place(int arc) {
    Id centre = view.arcs().centre(arc);
    var copies = new ArrayList<Id>();
    var asked = new ArrayList<Id>();
    var suspects = new ArrayList<Id>();
    int after = firstFrom(centre);
    int before = after - 1;
    for (int seen = 0; seen < present.size(); seen++) {
      if (copies.size() == copiesWanted && asked.size() >= askedMax) {
        break;
      }
      Member next = present.get(Math.floorMod(after, present.size()));
      Member previous = present.get(Math.floorMod(before, present.size()));
      Member nearest = next;
      if (Id.compareDistance(centre, next.id(), previous.id()) < 0) {
        after++;
      } else {
        nearest = previous;
        before--;
      }
      boolean suspect = nearest.state() == MemberState.SUSPECT;
      asked.add(nearest.id());
      if (suspect) {
        suspects.add(nearest.id());
      } else if (copies.size() < copiesWanted && !isLeavingSelf(nearest.id())) {
        copies.add(nearest.id());
      }
    }
    Member root = view.root(centre);
    int counted = Math.max(1, present.size() - (leaving ? 1 : 0));
    return new Place(
        root == null ? null : root.id(),
        copies,
        asked,
        suspects,
        Place.majority(Math.min(copiesWanted, counted)),
        copiesWanted,
        goneNear(centre, asked));
  }

  private boolean isLeavingSelf(Id id) {
    return leaving && id.equals(view.self());
  }

  private int goneNear(Id centre, List<Id> asked) {
    @Nullable Id farthest =
        asked.size() < askedMax || asked.isEmpty() ? null : asked.get(asked.size() - 1);
    int near = 0;
    for (Gone one : gone) {
      if (farthest == null || Id.compareDistance(centre, one.id, farthest) < 0) {
        near++;
      }
    }
    return near;
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

  private static boolean counts(MemberState state) {
    return state == MemberState.ALIVE || state == MemberState.SUSPECT;
  }
}
