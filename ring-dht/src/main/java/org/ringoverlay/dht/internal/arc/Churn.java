package org.ringoverlay.dht.internal.arc;

import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * What a node has seen of the deaths of others since it started: how many nodes were lost in how
 * much time of nodes, and how long it took until others kept what the lost ones had kept.
 *
 * <p>Lost is who died and has not come back for as long as a dead member keeps its place. Who comes
 * back later was not lost after all, be it that this node itself was cut off. Who said goodbye is
 * not counted.
 *
 * <p>Plain state, on the loop. Bounded: of more than {@link #REMEMBERED_MAX} dead nodes the first
 * are not followed any more, and stay counted.
 */
public final class Churn {
  private static final int REMEMBERED_MAX = 10_000;

  /**
   * What was seen.
   *
   * @param nodeNanos for how long nodes were present, added up over the nodes
   * @param losses how many were lost
   * @param repairs after how many deaths others took the place of the dead in all arcs that this
   *     node leads
   * @param repairNanos how long that took, on average; 0 if there was none
   * @param nodes how many nodes are present
   */
  public record Seen(double nodeNanos, int losses, int repairs, double repairNanos, int nodes) {}

  /** One that died and was not seen again. */
  private static final class Dead {
    final long sinceNanos;
    boolean lost;

    /** Whether it was a member of an arc that this node leads, after its death. */
    boolean awaited;

    Dead(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }
  }

  private final String service;
  private final long goneNanos;
  private final Map<Id, Dead> dead = new TreeMap<>();

  /** The nodes of the last view, and whether each was doubted. */
  private Map<Id, Boolean> present = new TreeMap<>();

  private long sinceNanos;
  private double nodeNanos;
  private int losses;
  private int repairs;
  private double repairNanos;

  Churn(String service, long goneNanos, long nowNanos) {
    this.service = service;
    this.goneNanos = goneNanos;
    this.sinceNanos = nowNanos;
  }

  /** The ring is this now. */
  void view(RingView view, long nowNanos) {
    pass(nowNanos);
    var next = new TreeMap<Id, Boolean>();
    for (Member member : view.members()) {
      if (member.offers(service) && member.state().isPresent()) {
        next.put(member.id(), member.state() == MemberState.SUSPECT);
        Dead returned = dead.remove(member.id());
        losses -= returned != null && returned.lost ? 1 : 0;
      }
    }
    present.forEach(
        (node, doubted) -> {
          if (doubted && !next.containsKey(node)) {
            dead.put(node, new Dead(nowNanos));
          }
        });
    while (dead.size() > REMEMBERED_MAX) {
      dead.remove(dead.keySet().iterator().next());
    }
    present = next;
  }

  /**
   * Some time has passed.
   *
   * @param members the nodes that are members of arcs that this node leads
   */
  void sweep(Set<Id> members, long nowNanos) {
    pass(nowNanos);
    Iterator<Map.Entry<Id, Dead>> all = dead.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Id, Dead> each = all.next();
      Dead one = each.getValue();
      boolean member = members.contains(each.getKey());
      if (one.awaited && !member) {
        repairs++;
        repairNanos += nowNanos - one.sinceNanos;
      }
      one.awaited = member;
    }
  }

  private void pass(long nowNanos) {
    nodeNanos += (double) (nowNanos - sinceNanos) * present.size();
    sinceNanos = nowNanos;
    for (Dead one : dead.values()) {
      if (!one.lost && nowNanos - one.sinceNanos >= goneNanos) {
        one.lost = true;
        losses++;
      }
    }
  }

  /** What was seen until now. */
  Seen seen(long nowNanos) {
    pass(nowNanos);
    return new Seen(
        nodeNanos, losses, repairs, repairs == 0 ? 0 : repairNanos / repairs, present.size());
  }
}
