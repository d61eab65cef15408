package org.ringoverlay.dht.internal.wire;

import java.util.List;

/** What an arc's daddy, or one who would be, asks of another node. */
public sealed interface CopyRequest {
  /**
   * Asks for the promise to accept nothing of an older ballot, and for the heads of the registers.
   *
   * @param after the full key after which to go on, empty to begin
   */
  record Prepare(int arc, Ballot ballot, String after) implements CopyRequest {
    /** What a peer left out means the beginning. */
    public Prepare {
      ballot = Ballot.orNone(ballot);
      after = after == null ? "" : after;
    }
  }

  /** Asks to keep registers. */
  record Accept(int arc, Ballot ballot, List<Entry> entries) implements CopyRequest {
    /** Copies the list. */
    public Accept {
      ballot = Ballot.orNone(ballot);
      entries = Entry.orEmpty(entries);
    }
  }

  /** Asks whether the ballot still stands, so that a read may be answered. */
  record Check(int arc, Ballot ballot) implements CopyRequest {
    /** What a peer left out is no ballot. */
    public Check {
      ballot = Ballot.orNone(ballot);
    }
  }

  /** Asks for whole registers. */
  record Fetch(int arc, List<String> keys) implements CopyRequest {
    /** Copies the list. */
    public Fetch {
      keys = Entry.orEmpty(keys);
    }
  }

  /** Tells the root of arcs that the sender holds registers of them. */
  record Holding(List<Integer> arcs) implements CopyRequest {
    /** Copies the list. */
    public Holding {
      arcs = Entry.orEmpty(arcs);
    }
  }

  /**
   * The reply to {@link Prepare}.
   *
   * @param granted whether the promise was given
   * @param promised the highest ballot that the node has promised
   * @param heads the registers that it holds, in the order of their keys
   * @param more whether there are more after the last
   */
  record Promise(boolean granted, Ballot promised, List<Head> heads, boolean more) {
    /** Copies the list. */
    public Promise {
      promised = Ballot.orNone(promised);
      heads = Entry.orEmpty(heads);
    }
  }

  /**
   * The reply to {@link Accept} and {@link Check}.
   *
   * @param granted whether the ballot stands; if not, nothing was kept
   * @param promised the highest ballot that the node has promised
   * @param behind keys that the node can only take whole
   * @param higher registers of which the node holds a newer version
   */
  record Accepted(boolean granted, Ballot promised, List<String> behind, List<Head> higher) {
    /** Copies the lists. */
    public Accepted {
      promised = Ballot.orNone(promised);
      behind = Entry.orEmpty(behind);
      higher = Entry.orEmpty(higher);
    }
  }

  /** The reply to {@link Fetch}: what there was, as much as fits. */
  record Fetched(List<Entry> entries) {
    /** Copies the list. */
    public Fetched {
      entries = Entry.orEmpty(entries);
    }
  }

  /** The reply to {@link Holding}: the arcs that the sender need not keep. */
  record Held(List<Integer> released) {
    /** Copies the list. */
    public Held {
      released = Entry.orEmpty(released);
    }
  }
}
