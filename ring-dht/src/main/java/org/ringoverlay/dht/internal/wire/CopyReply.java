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
   */
  record Promise(
      boolean granted,
      Ballot promised,
      long store,
      @Nullable Configuration configuration,
      List<Head> heads,
      boolean more)
      implements CopyReply {
    /** Copies the list. */
    public Promise {
      promised = Ballot.orNone(promised);
      heads = Entry.orEmpty(heads);
    }
  }

  /**
   * The reply to {@link CopyRequest.Accept}, {@link CopyRequest.Check} and {@link
   * CopyRequest.Forget}.
   *
   * @param granted whether the ballot stands; if not, nothing was kept
   * @param promised the highest ballot that the node has promised
   * @param store the store that the node keeps
   * @param behind keys that the node can only take whole
   */
  @Sparse
  record Accepted(boolean granted, Ballot promised, long store, List<String> behind)
      implements CopyReply {
    /** Copies the list. */
    public Accepted {
      promised = Ballot.orNone(promised);
      behind = Entry.orEmpty(behind);
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
   */
  record Located(long store, boolean durable, List<Placed> placed) implements CopyReply {
    /** Copies the list. */
    public Located {
      placed = Entry.orEmpty(placed);
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

  /** The reply to {@link CopyRequest.Batch}, in its order. */
  record Answers(List<CopyReply> replies) implements CopyReply {
    /** Copies the list. */
    public Answers {
      replies = Entry.orEmpty(replies);
    }
  }

  /** Stands for the reply to one of a batch that the node did not do. */
  record Declined(String reason) implements CopyReply {}
}
