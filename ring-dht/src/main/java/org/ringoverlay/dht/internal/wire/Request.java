package org.ringoverlay.dht.internal.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.json.Sparse;

/** What a client asks of the daddy of a key. */
public sealed interface Request {
  /** A request for one record. */
  sealed interface Keyed extends Request {
    /** The namespace. */
    String space();

    /** The key within its namespace. */
    String key();
  }

  /** A request that changes the record, if its condition holds. */
  sealed interface Change extends Keyed {
    /** What must hold. */
    Condition condition();

    /** When to acknowledge. */
    Acknowledge acknowledge();

    /** The operation's ID: a repeat with the same ID changes nothing more. */
    String operation();

    /**
     * The newest version of the arc that the sender had seen when it first sent the operation. A
     * register that has forgotten newer operations cannot tell whether this is a repeat.
     */
    long seen();

    /**
     * Whether an earlier attempt may have been decided, so that the outcome is to be remembered
     * even if it changes nothing.
     */
    boolean repeated();

    /** The same operation sent again, or with what its sender knows. */
    Change sent(long newestSeen, boolean again);
  }

  /**
   * Reads.
   *
   * @param stale whether an old value will do
   */
  record Get(String space, String key, boolean stale) implements Keyed {}

  /** Asks a node of how many of the arcs that it leads the members are as many as wanted. */
  record Tally() implements Request {}

  /**
   * The reply to {@link Tally}.
   *
   * @param led the arcs that the node leads
   * @param below those with fewer members than the ring wants
   * @param above those with more
   */
  record Tallied(int led, int below, int above) {}

  /** Asks who holds the arc in which an ID lies. */
  record Where(Id id) implements Request {}

  /**
   * Waits for changes of a record.
   *
   * @param after the version after which to tell them, or {@link #FROM_NOW} to be told which one
   *     that is now
   * @param holdMillis how long to wait for a change before saying that there was none
   */
  record Watch(String space, String key, long after, long holdMillis) implements Keyed {
    /** Stands for the present version, whichever that is. */
    public static final long FROM_NOW = -1;

    /** The longest wait. */
    public static final long HOLD_MILLIS_MAX = 60_000;
  }

  /**
   * Asks a node for keys of the arcs that it leads, in order of their UTF-8.
   *
   * @param prefix what the keys begin with, perhaps empty
   * @param after the position after which to begin, empty for the first
   * @param upTo the position after which no key is of use, null if all are
   * @param keysMax how many keys will do
   * @param arcs the arcs
   * @param firmly whether the node is to take over arcs that another should lead, because that one
   *     does not answer
   */
  record ListKeys(
      String space,
      String prefix,
      String after,
      @Nullable String upTo,
      int keysMax,
      List<Span> arcs,
      boolean firmly)
      implements Request {
    /** The most keys of one answer. */
    public static final int KEYS_MAX = 1_000;

    /** The most arcs of one question. */
    public static final int ARCS_MAX = 4_096;

    /** Copies the list. */
    public ListKeys {
      arcs = Entry.orEmpty(arcs);
    }

    /** The same question for fewer keys. */
    public ListKeys upTo(@Nullable String position) {
      return new ListKeys(space, prefix, after, position, keysMax, arcs, firmly);
    }
  }

  /**
   * Waits for changes of the records whose keys begin with a prefix, in arcs that the node leads.
   *
   * @param prefix what the keys begin with, perhaps empty
   * @param marks the arcs, in order, and what the watcher knows of each
   * @param bytesMax how many bytes of changes will do; one change comes in any case
   * @param holdMillis how long to wait for a change before confirming that there was none; 0 to
   *     have it confirmed at once
   * @param firmly whether the node is to take over arcs that another should lead, because that one
   *     does not answer
   */
  record WatchArcs(
      String space, String prefix, List<Mark> marks, long bytesMax, long holdMillis, boolean firmly)
      implements Request {
    /** Copies the list. */
    public WatchArcs {
      marks = Entry.orEmpty(marks);
    }

    /** The same question for one arc. */
    public WatchArcs of(Mark mark, long bytesLeft, long hold) {
      return new WatchArcs(space, prefix, List.of(mark), bytesLeft, hold, firmly);
    }
  }

  /**
   * What a watcher of a prefix knows of arcs that follow one another.
   *
   * @param first the number of the first arc
   * @param last the number of the last, which may be the first
   * @param after the version after which to tell changes, of whatever key, or {@link
   *     Watch#FROM_NOW} to be told which one that is now
   * @param deletesAfter if not {@link #CHANGES}, the present values are to be told and what was
   *     before them is not, nor deletes up to this version
   * @param since the newest version of the arc when the first of the present values were told, 0
   *     before that: what changed later is told change by change
   */
  record Mark(int first, int last, long after, long deletesAfter, long since) {
    /** Stands for a watcher that wants every change. */
    public static final long CHANGES = -1;

    /** Whether the present values are wanted, and not every change. */
    public boolean whole() {
      return deletesAfter != CHANGES;
    }
  }

  /** Asks a node what it keeps, and knows, of arcs. */
  record Inventory(List<Span> arcs) implements Request {
    /** The most arcs of one question. */
    public static final int ARCS_MAX = 512;

    /** Copies the list. */
    public Inventory {
      arcs = Entry.orEmpty(arcs);
    }
  }

  /**
   * Has a node go on alone with an arc whose majority is given up, with what the survivors hold.
   *
   * @param configuration the newest that anybody knows
   * @param survivors its members that are left, the node among them; empty if none is
   * @param round the first round of a new generation
   */
  record Salvage(int arc, Configuration configuration, List<Voter> survivors, long round)
      implements Request {
    /** Copies the list. */
    public Salvage {
      survivors = Entry.orEmpty(survivors);
    }
  }

  /**
   * Writes a value.
   *
   * @param ttlMillis after how many milliseconds it is to vanish, 0 for never
   */
  record Put(
      String space,
      String key,
      Json value,
      long ttlMillis,
      Condition condition,
      Acknowledge acknowledge,
      String operation,
      long seen,
      boolean repeated)
      implements Change {
    /** The longest time to live: a hundred years. */
    public static final long TTL_MILLIS_MAX = 100L * 365 * 24 * 3_600 * 1_000;

    /** Writes a value that stays. */
    public Put(
        String space,
        String key,
        Json value,
        Condition condition,
        Acknowledge acknowledge,
        String operation,
        long seen,
        boolean repeated) {
      this(space, key, value, 0, condition, acknowledge, operation, seen, repeated);
    }

    @Override
    public Put sent(long newestSeen, boolean again) {
      return new Put(
          space, key, value, ttlMillis, condition, acknowledge, operation, newestSeen, again);
    }
  }

  /** Deletes. */
  record Delete(
      String space,
      String key,
      Condition condition,
      Acknowledge acknowledge,
      String operation,
      long seen,
      boolean repeated)
      implements Change {
    @Override
    public Delete sent(long newestSeen, boolean again) {
      return new Delete(space, key, condition, acknowledge, operation, newestSeen, again);
    }
  }

  /**
   * The reply to {@link Get}.
   *
   * @param present whether there is a value
   * @param value the value, JSON's null if there is none
   * @param version its version, 0 if there is none
   * @param copies how many live members hold copies of the arc
   * @param wanted how many copies the ring wants
   * @param seen the newest version of the arc, 0 if the answer does not tell
   * @param daddy who answered, null if it is the node that was asked
   */
  @Sparse
  record Found(
      boolean present,
      Json value,
      long version,
      int copies,
      int wanted,
      long seen,
      @Nullable Id daddy) {
    /** The answer of the node that was asked. */
    public Found(boolean present, Json value, long version, int copies, int wanted, long seen) {
      this(present, value, version, copies, wanted, seen, null);
    }

    /** The same, of a node to which the question was passed on. */
    public Found by(Id node) {
      return new Found(present, value, version, copies, wanted, seen, node);
    }
  }

  /**
   * The reply to {@link Watch}.
   *
   * @param steps the changes, in order of their versions
   * @param position the version after which to go on
   */
  record Seen(List<Step> steps, long position) {
    /** Copies the list. */
    public Seen {
      steps = Entry.orEmpty(steps);
    }
  }

  /**
   * One change of a record that a majority holds.
   *
   * @param missed if not 0, changes since the one told before are missing, the last of which is at
   *     most of this version
   * @param version the version that the change made
   * @param deleted whether it was a delete
   * @param value the value, JSON's null for a delete
   */
  record Step(long missed, long version, boolean deleted, Json value) {}

  /**
   * The reply to {@link Inventory}.
   *
   * @param store the store that the node keeps
   * @param holdings the arcs of which it knows something
   */
  record Inventoried(long store, List<Holding> holdings) {
    /** Copies the list. */
    public Inventoried {
      holdings = Entry.orEmpty(holdings);
    }
  }

  /**
   * What a node keeps, and knows, of an arc.
   *
   * @param configuration the newest that it has met, null if none
   * @param promised the round of the highest ballot that it promised
   * @param keys how many records it holds, deleted ones left out
   * @param newest the newest version that it holds
   */
  record Holding(
      int arc, @Nullable Configuration configuration, long promised, long keys, long newest) {}

  /**
   * The reply to {@link Salvage}.
   *
   * @param keys how many records are there, deleted ones left out
   * @param newest the newest version that any of them had
   */
  record Salvaged(long keys, long newest) {}

  /**
   * The reply to {@link WatchArcs}.
   *
   * @param sightings the changes, those of one arc in order of their versions
   * @param reached where the watcher stands in arcs that have news for it
   * @param covered the arcs that the node leads; all that follows from the question's wait being
   *     over is that a majority has confirmed it
   * @param foreign arcs that, as far as the node knows, it should not lead
   * @param why what kept the node from covering one of the others, for people to read; empty if
   *     nothing did
   */
  record Sighted(
      List<Sighting> sightings,
      List<Reach> reached,
      List<Span> covered,
      List<Span> foreign,
      String why) {
    /** Copies the lists. */
    public Sighted {
      sightings = Entry.orEmpty(sightings);
      reached = Entry.orEmpty(reached);
      covered = Entry.orEmpty(covered);
      foreign = Entry.orEmpty(foreign);
      why = why == null ? "" : why;
    }
  }

  /**
   * One change that a majority holds.
   *
   * @param deleted whether it was a delete
   * @param value the value, JSON's null for a delete
   * @param again whether it may have been told by an earlier daddy
   */
  record Sighting(String key, long version, boolean deleted, Json value, boolean again) {}

  /**
   * Where a watcher stands in an arc.
   *
   * @param position the version after which to go on
   * @param more whether some of the present values are still to be told
   * @param missed whether changes are missing, so that it has to begin with the present values
   * @param since what to ask for the rest of the present values with
   */
  record Reach(int arc, long position, boolean more, boolean missed, long since) {}

  /**
   * The reply to {@link ListKeys}.
   *
   * @param keys the keys of the covered arcs, in order of their UTF-8
   * @param until the position up to which these are all, null if nothing comes after
   * @param covered the arcs whose keys these are
   * @param foreign arcs that, as far as the node knows, it should not lead
   * @param why what kept the node from covering one of the others, for people to read; empty if
   *     nothing did
   */
  record Listed(
      List<String> keys,
      @Nullable String until,
      List<Span> covered,
      List<Span> foreign,
      String why) {
    /** Copies the lists. */
    public Listed {
      keys = Entry.orEmpty(keys);
      covered = Entry.orEmpty(covered);
      foreign = Entry.orEmpty(foreign);
      why = why == null ? "" : why;
    }
  }

  /**
   * The reply to a {@link Change}.
   *
   * @param version the version that the change made, or for a delete that found nothing 0
   * @param existed whether there was a value before
   * @param copies how many copies had acknowledged
   * @param wanted how many copies the ring wants
   * @param seen the newest version of the arc
   * @param forgotten not 0 if nothing was changed because the register has forgotten operations
   *     that the sender had not seen: the version of the newest of them
   * @param daddy who answered, null if it is the node that was asked
   */
  @Sparse
  record Done(
      long version,
      boolean existed,
      int copies,
      int wanted,
      long seen,
      long forgotten,
      @Nullable Id daddy) {
    /** The answer of the node that was asked. */
    public Done(long version, boolean existed, int copies, int wanted, long seen, long forgotten) {
      this(version, existed, copies, wanted, seen, forgotten, null);
    }

    /** The same, of a node to which the change was passed on. */
    public Done by(Id node) {
      return new Done(version, existed, copies, wanted, seen, forgotten, node);
    }
  }
}
