package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.RingView;

/**
 * What a node does now and then lest its table stay wrong, whatever news it missed. On the loop.
 */
final class TableRepair {
  /** Beats of one neighbour with another digest until the tables are compared. */
  private static final int DIFFERING_BEATS = 4;

  /** Beats after which a node is young no more. */
  private static final int YOUTH_BEATS = 16;

  /** Beats between two exchanges of leaves, on average. */
  private static final int EXCHANGE_BEATS = 16;

  /** Nodes whose digests differ that are counted at most. */
  private static final int DIFFERING_MAX = 64;

  private final Id self;
  private final int perSide;
  private final Membership membership;
  private final Post post;
  private final Randomness randomness;
  private final TreeMap<Id, Integer> differing = new TreeMap<>();
  private int youth = YOUTH_BEATS;
  private long scaleSeen;

  TableRepair(Id self, int perSide, Membership membership, Post post, Randomness randomness) {
    this.self = self;
    this.perSide = perSide;
    this.membership = membership;
    this.post = post;
    this.randomness = randomness;
  }

  /** One turn of the clock of beats. */
  void turn() {
    compareOne();
    exchange();
  }

  /** A node said what its table is like. */
  void noteDigest(Id from, long digest) {
    if (digest == 0 || membership.digest() == 0 || digest == membership.digest()) {
      differing.remove(from);
      return;
    }
    differing.merge(from, 1, Integer::sum);
    if (differing.size() > DIFFERING_MAX) {
      differing.pollFirstEntry();
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

  /** Where the leaf set is short, at each beat; nothing else in a large ring is as urgent. */
  private void exchangeLeaves(RingView view) {
    List<Id> partners = membership.surroundings().whereShort();
    Optional<Id> partner = Optional.empty();
    if (!partners.isEmpty()) {
      partner = Optional.of(partners.get((int) randomness.below(partners.size())));
    } else if (youth > 0 || randomness.below(EXCHANGE_BEATS) == 0) {
      youth = Math.max(0, youth - 1);
      partner = drawn(randomness.below(2) == 0 ? view.neighbours(self, perSide) : view.alive());
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
}
