package org.ringoverlay.dht.internal.wire;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;

/**
 * Who decides in an arc: its members, and while they change those of the next configuration too.
 *
 * @param epoch grows by one with each step of a change
 * @param round of the ballot that proposed it, or proposed it again
 * @param members the members
 * @param next those to come, of whom a majority is needed too; empty while nothing changes
 */
public record Configuration(long epoch, long round, List<Voter> members, List<Voter> next)
    implements Comparable<Configuration> {
  /** The most members that there can be, of each of both. */
  public static final int MEMBERS_MAX = 7;

  /** Copies the lists. */
  public Configuration {
    members = Entry.orEmpty(members);
    next = Entry.orEmpty(next);
  }

  /** That of an arc of a ring that a node founded. */
  public static Configuration founded(Voter founder) {
    return new Configuration(1, 0, List.of(founder), List.of());
  }

  /** The higher is the newer: by epoch, then by round. */
  @Override
  public int compareTo(Configuration other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(round, other.round);
  }

  /** The newer of two; null if there is none. */
  public static @Nullable Configuration newer(
      @Nullable Configuration one, @Nullable Configuration other) {
    if (one == null || (other != null && other.compareTo(one) > 0)) {
      return other;
    }
    return one;
  }

  /** Whether it changes. */
  public boolean joint() {
    return !next.isEmpty();
  }

  /** All that have a voice, each once. */
  public List<Voter> voters() {
    if (next.isEmpty()) {
      return members;
    }
    var all = new ArrayList<>(members);
    for (Voter one : next) {
      if (!all.contains(one)) {
        all.add(one);
      }
    }
    return all;
  }

  /** Whether a voter has a voice. */
  public boolean has(Voter voter) {
    return members.contains(voter) || next.contains(voter);
  }

  /** Whether a node has a voice, with whatever store. */
  public boolean hasNode(Id node) {
    return voters().stream().anyMatch(voter -> voter.node().equals(node));
  }

  /** Whether these decide: a majority of the members, and of the next. */
  public boolean isQuorum(Collection<Voter> some) {
    return isMajority(some, members) && (next.isEmpty() || isMajority(some, next));
  }

  private static boolean isMajority(Collection<Voter> some, List<Voter> of) {
    int count = 0;
    for (Voter voter : of) {
      count += some.contains(voter) ? 1 : 0;
    }
    return 2 * count > of.size();
  }

  /** The same, proposed again. */
  public Configuration again(long newRound) {
    return new Configuration(epoch, newRound, members, next);
  }

  /** The first step of a change. */
  public Configuration joint(long newRound, List<Voter> to) {
    return new Configuration(epoch + 1, newRound, members, to);
  }

  /** The last step of a change. */
  public Configuration changed(long newRound) {
    return new Configuration(epoch + 1, newRound, next, List.of());
  }
}
