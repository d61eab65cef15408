package org.ringoverlay.dht.internal.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.json.Sparse;

/** What a node answers to a {@link CopyRequest}. */
public sealed interface CopyReply {
  /**
   * The reply to {@link CopyRequest.Prepare}.
   *
   * @param granted whether the promise was given
   * @param promised the highest ballot that the node has promised
   * @param store the store that the node keeps
   * @param configuration the newest configuration that the node has met, null if none
   * @param heads the registers that it holds, in the order of their keys
   * @param more whether there are more after the last
   * @param floor the version up to which the node knows that tombstones may have been collected
   * @param commit the number of the commit by which the store's disk has all that this tells of; 0
   *     within {@link Answers}, and if the store is in memory
   */
  record Promise(
      boolean granted,
      Ballot promised,
      long store,
      @Nullable Configuration configuration,
      List<Head> heads,
      boolean more,
      long floor,
      long commit)
      implements CopyReply {
    /** Copies the list. */
    public Promise {
      promised = Ballot.orNone(promised);
      heads = Entry.orEmpty(heads);
    }

    /** Without a floor and a commit. */
    public Promise(
        boolean granted,
        Ballot promised,
        long store,
        @Nullable Configuration configuration,
        List<Head> heads,
        boolean more) {
      this(granted, promised, store, configuration, heads, more, 0, 0);
    }

    /** The same, with the floor. */
    public Promise above(long itsFloor) {
      return new Promise(granted, promised, store, configuration, heads, more, itsFloor, commit);
    }

    /** The same, with the commit. */
    public Promise at(long number) {
      return new Promise(granted, promised, store, configuration, heads, more, floor, number);
    }
  }

  /**
   * The reply to {@link CopyRequest.Accept}, {@link CopyRequest.Check} and {@link
   * CopyRequest.Forget}.
   *
   * @param granted whether the ballot stands; if not, nothing was kept
   * @param promised the highest ballot that the node has promised, null if that is the asker's
   * @param store the store that the node keeps
   * @param behind keys that the node can only take whole
   * @param commit the number of the commit by which the store's disk has all that this tells of; 0
   *     within {@link Answers}, and if the store is in memory
   */
  @Sparse
  record Accepted(
      boolean granted, @Nullable Ballot promised, long store, List<String> behind, long commit)
      implements CopyReply {
    /** Copies the list; who granted a ballot has promised it, which its asker knows. */
    public Accepted {
      promised = granted ? null : Ballot.orNone(promised);
      behind = Entry.orEmpty(behind);
    }

    /** The ballot that stands in the way; none if it was granted. */
    public Ballot standing() {
      return Ballot.orNone(promised);
    }

    /** Without a commit. */
    public Accepted(boolean granted, @Nullable Ballot promised, long store, List<String> behind) {
      this(granted, promised, store, behind, 0);
    }

    /** The same, with the commit. */
    public Accepted at(long number) {
      return new Accepted(granted, promised, store, behind, number);
    }
  }

  /**
   * The reply to {@link CopyRequest.Floor}.
   *
   * @param granted whether the ballot stands; if not, nothing was done
   * @param promised the highest ballot that the node has promised, null if that is the asker's
   * @param store the store that the node keeps
   * @param same whether the node holds the same as the asker up to the floor; true where that was
   *     not asked
   * @param commit as that of {@link Accepted}
   */
  @Sparse
  record Floored(boolean granted, @Nullable Ballot promised, long store, boolean same, long commit)
      implements CopyReply {
    /** Who granted a ballot has promised it, which its asker knows. */
    public Floored {
      promised = granted ? null : Ballot.orNone(promised);
    }

    /** The ballot that stands in the way; none if it was granted. */
    public Ballot standing() {
      return Ballot.orNone(promised);
    }

    /** The same, with the commit. */
    public Floored at(long number) {
      return new Floored(granted, promised, store, same, number);
    }
  }

  /** The reply to {@link CopyRequest.Fetch}: what there was, as much as fits. */
  record Fetched(List<Entry> entries) implements CopyReply {
    /** Copies the list. */
    public Fetched {
      entries = Entry.orEmpty(entries);
    }
  }

  /**
   * The reply to {@link CopyRequest.Locate} and {@link CopyRequest.Met}: the arcs that the node
   * knows of.
   *
   * @param store the store that the node keeps
   * @param durable whether the store outlives the node's process
   * @param commit the number of the newest commit on the store's disk; 0 if it is in memory
   * @param seen the highest that the node saw of the store of whoever asked, null if nothing
   */
  record Located(
      long store, boolean durable, List<Placed> placed, long commit, @Nullable CommitNumber seen)
      implements CopyReply {
    /** Copies the list. */
    public Located {
      placed = Entry.orEmpty(placed);
    }

    /** Without what is known of disks. */
    public Located(long store, boolean durable, List<Placed> placed) {
      this(store, durable, placed, 0, null);
    }
  }

  /**
   * The newest configuration of an arc that a node has met.
   *
   * @param decided whether the node leads the arc, and its members decide nothing without this
   *     configuration any more
   */
  record Placed(int arc, Configuration configuration, boolean decided) {}

  /**
   * The reply to {@link CopyRequest.Lease}.
   *
   * @param session drawn at each start of the node
   * @param millis how long the lease lasts from when the node took the request; 0 if it gives none
   */
  record Leased(long session, long millis) implements CopyReply {}

  /**
   * The reply to {@link CopyRequest.Compare}: what was found of the first ranges, at least one.
   *
   * @param store the store that the node keeps
   */
  record Compared(long store, List<Finding> findings) implements CopyReply {
    /** Copies the list. */
    public Compared {
      findings = Entry.orEmpty(findings);
    }
  }

  /**
   * The reply to {@link CopyRequest.Inspect}: the arcs that the node knows of.
   *
   * @param store the store that the node keeps
   */
  record Inspected(long store, List<Copy> copies) implements CopyReply {
    /** Copies the list. */
    public Inspected {
      copies = Entry.orEmpty(copies);
    }
  }

  /**
   * The reply to {@link CopyRequest.InspectKeys}.
   *
   * @param store the store that the node keeps
   * @param prints what it holds, in the order of the keys if none were named
   * @param more whether there are more after the last
   */
  record InspectedKeys(long store, List<Print> prints, boolean more) implements CopyReply {
    /** Copies the list. */
    public InspectedKeys {
      prints = Entry.orEmpty(prints);
    }
  }

  /**
   * The reply to {@link CopyRequest.Batch}, in its order.
   *
   * @param times how many replies the first one of the list stands for, which is the only one then;
   *     0 if the list is what it is
   * @param sender by which commit the node's disk has all that this tells of; null if its store is
   *     in memory
   */
  @Sparse
  record Answers(List<CopyReply> replies, int times, @Nullable CommitNumber sender)
      implements CopyReply {
    /** Copies the list. */
    public Answers {
      replies = Entry.orEmpty(replies);
    }

    /** Answers, told as one if all was granted alike. */
    public static Answers of(List<CopyReply> replies) {
      boolean same = replies.size() > 1 && replies.get(0) instanceof Accepted;
      for (int at = 1; same && at < replies.size(); at++) {
        same = replies.get(at).equals(replies.get(0));
      }
      return same
          ? new Answers(replies.subList(0, 1), replies.size(), null)
          : new Answers(replies, 0, null);
    }

    /** How many replies there are. */
    public int size() {
      return times > 0 && replies.size() == 1 ? times : replies.size();
    }

    /** One of the replies. */
    public CopyReply reply(int at) {
      return times > 0 && replies.size() == 1 ? replies.get(0) : replies.get(at);
    }
  }

  /** Stands for the reply to one of a batch that the node did not do. */
  record Declined(String reason) implements CopyReply {}
}
