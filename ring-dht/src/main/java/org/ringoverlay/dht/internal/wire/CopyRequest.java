package org.ringoverlay.dht.internal.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.json.Sparse;

/** What an arc's daddy, or one who would be, asks of another node. */
public sealed interface CopyRequest {
  /**
   * Asks for the promise to accept nothing of an older ballot, and for the heads of the registers.
   *
   * @param after the full key after which to go on, empty to begin
   * @param relieved a ballot whose daddy has promised this one itself, so that no lease keeps
   *     others from it; null if there is none
   */
  record Prepare(int arc, Ballot ballot, String after, @Nullable Ballot relieved)
      implements CopyRequest {
    /** What a peer left out means the beginning. */
    public Prepare {
      ballot = Ballot.orNone(ballot);
      after = after == null ? "" : after;
    }

    /** Asks whoever is bound by no lease. */
    public Prepare(int arc, Ballot ballot, String after) {
      this(arc, ballot, after, null);
    }
  }

  /**
   * Asks to keep registers, or a configuration, or both.
   *
   * @param epoch of the configuration under which the registers are sent, 0 without any: whoever is
   *     told afterwards that it left the arc with an older one keeps them
   * @param configuration the configuration, null for the one that there is
   * @param decided whether the configuration is decided, so that who is none of its members may
   *     drop the arc
   * @param sender how far the sender's own store is; null within {@link Batch}, and if it is in
   *     memory
   */
  @Sparse
  record Accept(
      int arc,
      Ballot ballot,
      List<Entry> entries,
      long epoch,
      @Nullable Configuration configuration,
      boolean decided,
      @Nullable CommitNumber sender)
      implements CopyRequest {
    /** Copies the list. */
    public Accept {
      ballot = Ballot.orNone(ballot);
      entries = Entry.orEmpty(entries);
    }

    /** The same, with how far the sender is. */
    public Accept from(CommitNumber itsStore) {
      return new Accept(arc, ballot, entries, epoch, configuration, decided, itsStore);
    }

    /** Asks to keep registers. */
    public static Accept registers(int arc, Ballot ballot, long epoch, List<Entry> entries) {
      return new Accept(arc, ballot, entries, epoch, null, false, null);
    }

    /** Asks to keep a configuration. */
    public static Accept configuration(
        int arc, Ballot ballot, Configuration configuration, boolean decided) {
      return new Accept(arc, ballot, List.of(), 0, configuration, decided, null);
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

  /**
   * Asks who decides in arcs.
   *
   * @param leaving whether the sender is about to leave the ring, and is to be a member no more
   * @param resting whether the sender is about to stop, or to leave, and others are to lead
   * @param sender how far the sender's own store is, null if it is in memory
   * @param seen the highest that the sender saw of the store of whoever is asked, null if nothing
   */
  record Locate(
      List<Integer> arcs,
      boolean leaving,
      boolean resting,
      @Nullable CommitNumber sender,
      @Nullable CommitNumber seen)
      implements CopyRequest {
    /** Copies the list. */
    public Locate {
      arcs = Entry.orEmpty(arcs);
    }

    /** Asks, and says what the sender is about to do. */
    public Locate(List<Integer> arcs, boolean leaving, boolean resting) {
      this(arcs, leaving, resting, null, null);
    }

    /** Asks, and no more. */
    public Locate(List<Integer> arcs) {
      this(arcs, false, false);
    }
  }

  /**
   * Tells of a configuration whoever should lead the arc under it, and may never have met it. The
   * reply is that of {@link Locate}.
   */
  record Met(int arc, Configuration configuration) implements CopyRequest {}

  /**
   * Asks for a read lease, or gives it back.
   *
   * @param session drawn at each start of the sender, so that what a former process gave back is
   *     not taken for what this one holds
   * @param over whether it is given back
   */
  record Lease(long session, boolean over) implements CopyRequest {}

  /** Asks whether the node holds the same registers as the sender, and if not where it differs. */
  record Compare(List<Range> ranges) implements CopyRequest {
    /** Copies the list. */
    public Compare {
      ranges = Entry.orEmpty(ranges);
    }
  }

  /**
   * Asks to forget registers of attempts that came to nothing, if the node still holds exactly
   * these: the ballot's daddy has learned from a quorum that their keys hold nothing.
   *
   * @param floor the arc's floor: keys may hold nothing because their tombstones were collected
   */
  record Forget(int arc, Ballot ballot, List<Head> heads, long floor) implements CopyRequest {
    /** Copies the list. */
    public Forget {
      ballot = Ballot.orNone(ballot);
      heads = Entry.orEmpty(heads);
    }
  }

  /**
   * A step towards a floor of an arc: a version up to which tombstones are kept no more.
   *
   * @param epoch of the configuration under which it is sent
   * @param version the floor
   * @param held what the daddy holds up to that version, whatever ballots it was accepted under;
   *     nothing for {@link Step#RAISE}
   */
  record Floor(int arc, Ballot ballot, long epoch, Step step, long version, Fingerprint held)
      implements CopyRequest {
    /** What is asked. */
    public enum Step {
      /** Whether the node holds the same up to the version. */
      COMPARE,
      /** To drop the tombstones up to the version, for all members hold the same up to it. */
      RAISE,
      /**
       * To take the floor over, as who is to become a member and has been sent every register;
       * whatever else it holds up to the version it drops.
       */
      JOIN
    }

    /** What a peer left out is nothing. */
    public Floor {
      ballot = Ballot.orNone(ballot);
      held = held == null ? Fingerprint.NOTHING : held;
    }
  }

  /** Asks what the node holds of arcs, all values read. */
  record Inspect(List<Span> arcs) implements CopyRequest {
    /** The most arcs of one question. */
    public static final int ARCS_MAX = 256;

    /** Copies the list. */
    public Inspect {
      arcs = Entry.orEmpty(arcs);
    }
  }

  /**
   * Asks what the node holds of some keys of an arc.
   *
   * @param after the full key after which to begin, if no keys are named
   * @param keys the full keys, empty for all
   */
  record InspectKeys(int arc, String after, List<String> keys) implements CopyRequest {
    /** The most keys of one question. */
    public static final int KEYS_MAX = 128;

    /** What a peer left out means the beginning. */
    public InspectKeys {
      after = after == null ? "" : after;
      keys = Entry.orEmpty(keys);
    }
  }

  /**
   * Several at once, each of which is answered for itself.
   *
   * @param sender how far the sender's own store is, null if it is in memory
   */
  @Sparse
  record Batch(List<CopyRequest> requests, @Nullable CommitNumber sender) implements CopyRequest {
    /** Copies the list. */
    public Batch {
      requests = Entry.orEmpty(requests);
    }
  }
}
