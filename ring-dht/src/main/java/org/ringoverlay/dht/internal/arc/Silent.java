package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/** Says whose silence keeps a daddy from serving a key. */
final class Silent {
  private Silent() {}

  /** What an unsettled key waits for. */
  static RingException notReady(Cell cell, Configuration members) {
    if (cell.isUnknown()) {
      return new RingException.Unavailable(
          "Only members that do not answer hold the newest value: " + names(cell.sources));
    }
    return new RingException.Unavailable(
        "A majority of the copies must hold the value before it can be used, and these have not"
            + " answered: "
            + names(without(members, cell.holders)));
  }

  /** Why nothing can be changed: too few answer. */
  static RingException unreachable(Configuration members, Collection<Voter> answering) {
    return new RingException.Unavailable(
        "A majority of the arc's copies is needed, and these do not answer: "
            + names(without(members, answering)));
  }

  private static List<Voter> without(Configuration members, Collection<Voter> some) {
    var others = new ArrayList<>(members.voters());
    others.removeAll(some);
    return others;
  }

  private static String names(List<Voter> voters) {
    return String.join(", ", voters.stream().map(Voter::node).map(Id::shortString).toList());
  }
}
