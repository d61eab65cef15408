package org.ringoverlay.dht.model;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.testkit.explore.Fingerprint;

/**
 * A state of {@link ArcModel}: what the members keep, how far the ballots are, and what clients
 * were shown. The arrays' entries are replaced, never changed.
 *
 * <p>A list is a number: the numbers of its writes, the last in the lowest bits.
 */
final class ArcState {
  static final int LIST_BITS = 4;

  /** One member. */
  static final class Copy implements Cloneable {
    int promised;
    int accepted;
    long list;
    int config;

    Copy copy() {
      try {
        return (Copy) clone();
      } catch (CloneNotSupportedException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  /** One ballot. */
  static final class Reign {
    boolean leads;
    int config;
    int configHeld;
    long list;
    int listHeld;
    boolean shown = true;
    int version;
    boolean reading;
    long readSince;
    int granted;

    /** The members that confirmed the ballot while its daddy had a lease of them, the last one. */
    int covered;

    /** What each member told with its promise, null if it has not promised. */
    @Nullable Copy[] told = new Copy[0];

    Reign copy() {
      var next = new Reign();
      next.leads = leads;
      next.config = config;
      next.configHeld = configHeld;
      next.list = list;
      next.listHeld = listHeld;
      next.shown = shown;
      next.version = version;
      next.reading = reading;
      next.readSince = readSince;
      next.granted = granted;
      next.covered = covered;
      next.told = told.clone();
      return next;
    }
  }

  final Copy[] copies;
  final Reign[] reigns;
  int writes;
  int reads;
  int changes;
  int forgotten;
  int leases;
  int restarts;

  /** The leases that their grantors keep, those that their holders believe in, as pairs. */
  int kept;

  int believed;

  /** Those of the latter whose grantors have started again since. */
  int fromBefore;

  /** The members that started again and wait until what they may have granted has lapsed. */
  int waiting;

  /** The longest list that a client was shown. */
  long shown;

  @Nullable String flaw;

  ArcState(Copy[] copies, Reign[] reigns) {
    this.copies = copies;
    this.reigns = reigns;
  }

  ArcState next() {
    var next = new ArcState(copies.clone(), reigns.clone());
    next.writes = writes;
    next.reads = reads;
    next.changes = changes;
    next.forgotten = forgotten;
    next.leases = leases;
    next.restarts = restarts;
    next.kept = kept;
    next.believed = believed;
    next.fromBefore = fromBefore;
    next.waiting = waiting;
    next.shown = shown;
    return next;
  }

  Copy change(int node) {
    copies[node] = copies[node].copy();
    return copies[node];
  }

  Reign changeReign(int ballot) {
    reigns[ballot] = reigns[ballot].copy();
    return reigns[ballot];
  }

  /** A client is shown a list. */
  void show(long list, long atLeast) {
    if (!continues(list, atLeast)) {
      flaw = "a client was shown " + text(list) + " after " + text(atLeast);
    } else if (!continues(list, shown) && !continues(shown, list)) {
      flaw = "clients were shown " + text(list) + " and " + text(shown);
    } else if (continues(list, shown)) {
      shown = list;
    }
  }

  /** The state in 64 bits. */
  long fingerprint() {
    var print = new Fingerprint();
    for (Copy copy : copies) {
      add(print, copy);
    }
    for (Reign reign : reigns) {
      print.add(reign.leads ? 1 : 0).add(reign.config).add(reign.configHeld);
      print.add(reign.list).add(reign.listHeld).add(reign.shown ? 1 : 0);
      print.add(reign.version).add(reign.reading ? 1 : 0);
      print.add(reign.readSince).add(reign.granted).add(reign.covered);
      for (Copy told : reign.told) {
        if (told == null) {
          print.add(-1);
        } else {
          add(print, told);
        }
      }
    }
    print.add(leases).add(restarts).add(kept).add(believed).add(fromBefore).add(waiting);
    print.add(writes).add(reads).add(changes).add(forgotten).add(shown);
    return print.add(flaw == null ? 0 : 1).value();
  }

  private static void add(Fingerprint print, Copy copy) {
    print.add(copy.promised).add(copy.accepted).add(copy.list).add(copy.config);
  }

  static boolean continues(long list, long beginning) {
    long rest = list;
    while (rest != beginning && rest != 0) {
      rest >>>= LIST_BITS;
    }
    return rest == beginning;
  }

  static long version(long list) {
    return list & ((1 << LIST_BITS) - 1);
  }

  static String text(long list) {
    return "[" + Long.toHexString(list) + "]";
  }
}
