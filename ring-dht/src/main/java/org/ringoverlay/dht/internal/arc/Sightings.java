package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.CommitNumber;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/**
 * The highest commit that this node saw of each store of another node, so that a store that comes
 * back below it is told from one that went on.
 *
 * <p>The {@link Journal} writes them beside what it writes anyway, each again only when it is
 * {@link #KEPT_EVERY} commits further. Bounded. On the loop.
 */
final class Sightings {
  /** Of more stores nothing is remembered: the first of them makes room. */
  static final int STORES_MAX = 100_000;

  static final int KEPT_EVERY = 16;

  private final TreeMap<Voter, Seen> byVoter = new TreeMap<>();

  /** The store that each node was last seen to keep. */
  private final Map<Id, Voter> last = new TreeMap<>();

  private final TreeSet<Voter> due = new TreeSet<>();
  private final List<Voter> gone = new ArrayList<>();

  private static final class Seen {
    private long commit;

    /** What of it is on this node's disk. */
    private long kept;
  }

  /** This stood on the disk. */
  void found(Voter voter, long commit) {
    saw(voter, commit);
    Seen seen = byVoter.get(voter);
    if (seen != null) {
      seen.kept = commit;
    }
    due.remove(voter);
  }

  /** A store was seen with this commit on its disk; 0 tells nothing. */
  void saw(Voter voter, long commit) {
    if (commit <= 0) {
      return;
    }
    if (!voter.equals(last.get(voter.node()))) {
      last.put(voter.node(), voter);
    }
    Seen seen = byVoter.get(voter);
    if (seen == null) {
      seen = new Seen();
      byVoter.put(voter, seen);
      due.add(voter);
      if (byVoter.size() > STORES_MAX) {
        forget(byVoter.firstKey());
      }
    }
    if (commit > seen.commit) {
      seen.commit = commit;
      if (commit - seen.kept >= KEPT_EVERY) {
        due.add(voter);
      }
    }
  }

  private void forget(Voter voter) {
    Seen seen = byVoter.remove(voter);
    due.remove(voter);
    last.remove(voter.node(), voter);
    if (seen != null && seen.kept > 0) {
      gone.add(voter);
    }
  }

  /** The highest that was seen of a store, 0 if nothing. */
  long of(Voter voter) {
    Seen seen = byVoter.get(voter);
    return seen == null ? 0 : seen.commit;
  }

  /** The highest that was seen of the store that a node was last seen to keep; null if nothing. */
  @Nullable CommitNumber of(Id node) {
    Voter voter = last.get(node);
    return voter == null ? null : new CommitNumber(voter.store(), of(voter));
  }

  /** Gives what is to be written now, and what is to be removed; the next call gives it no more. */
  void takeDue(ObjLongConsumer<Voter> written, Consumer<Voter> removed) {
    for (Voter voter : due) {
      Seen seen = byVoter.get(voter);
      if (seen != null) {
        seen.kept = seen.commit;
        written.accept(voter, seen.commit);
      }
    }
    due.clear();
    gone.forEach(removed);
    gone.clear();
  }

  /** Forgets everything: the disk is another ring's. */
  void clear() {
    byVoter.clear();
    last.clear();
    due.clear();
    gone.clear();
  }
}
