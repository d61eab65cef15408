package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage.Seen;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/**
 * All facts about members, the departed ones too for a while. Plain state; time is an argument.
 *
 * <p>Facts are ordered by (incarnation, version, state): merging the same facts in any order gives
 * the same table (a join semilattice), so that gossip needs no order.
 */
final class MemberTable {
  /** What is known of a member. */
  record Known(
      MemberCard card, Json raw, long version, MemberState state, Member member, long sinceNanos) {
    Entry entry() {
      return new Entry(raw, version, state);
    }

    Seen seen() {
      return new Seen(card.id(), card.incarnation(), version, state);
    }

    boolean isOlderThan(long incarnation, long otherVersion, MemberState otherState) {
      if (card.incarnation() != incarnation) {
        return card.incarnation() < incarnation;
      }
      if (version != otherVersion) {
        return version < otherVersion;
      }
      return state.compareTo(otherState) < 0;
    }
  }

  /** A member's state changed. */
  record Change(@Nullable Known before, Known after) {}

  /** Into how many equal parts the circle is cut to compare two tables. */
  static final int PARTS = 64;

  /** Members count their versions up by one; beyond this, none did. */
  private static final long VERSION_MAX = 1L << 53;

  private final int membersMax;
  private final TreeMap<Id, Known> members = new TreeMap<>();
  private final long[] sums = new long[PARTS];
  private long digest;
  private int present;

  MemberTable(int membersMax) {
    this.membersMax = membersMax;
  }

  @Nullable Known get(Id id) {
    return members.get(id);
  }

  Collection<Known> all() {
    return members.values();
  }

  /** Whether there is no room for one more member, although those that departed give way. */
  boolean isFull() {
    return present >= membersMax;
  }

  /** The members of a state, in the order of the circle. */
  List<Known> in(MemberState state) {
    var result = new ArrayList<Known>();
    for (Known known : members.values()) {
      if (known.state() == state) {
        result.add(known);
      }
    }
    return result;
  }

  List<Member> present() {
    var result = new ArrayList<Member>(members.size());
    for (Known known : members.values()) {
      if (known.state().isPresent()) {
        result.add(known.member());
      }
    }
    return result;
  }

  /** Equal for equal sets of present members with equal facts; of 2⁶⁴, so seldom for others. */
  long digest() {
    return digest;
  }

  /** The same for each part of the circle. */
  List<Long> sums() {
    return Arrays.stream(sums).boxed().toList();
  }

  static int partOf(Id id) {
    return 4 * id.digit(0) + id.digit(1) / 4;
  }

  List<Entry> entries() {
    return members.values().stream().map(Known::entry).toList();
  }

  List<Seen> seen(List<Integer> parts) {
    var wanted = new TreeSet<>(parts);
    return members.values().stream()
        .filter(known -> wanted.contains(partOf(known.card().id())))
        .map(Known::seen)
        .toList();
  }

  /**
   * Takes a fact in if it is newer than what is known.
   *
   * @return the change, null if the fact was known, older, unsound or one too many
   */
  @Nullable Change merge(Entry entry, long now) {
    MemberCard card = soundCard(entry);
    if (card == null) {
      return null;
    }
    Known before = members.get(card.id());
    if (before == null && !makeRoom(entry.state())) {
      return null;
    }
    if (before != null && !before.isOlderThan(card.incarnation(), entry.version(), entry.state())) {
      return null;
    }
    var after =
        new Known(card, entry.card(), entry.version(), entry.state(), card.in(entry.state()), now);
    put(before, after);
    return new Change(before, after);
  }

  /** Whether a fact is turned away because its member would be one too many. */
  /** Who departed first gives way to one that is present. */
  private boolean makeRoom(MemberState state) {
    if (members.size() < membersMax) {
      return true;
    }
    Known oldest = null;
    if (state.isPresent()) {
      for (Known known : members.values()) {
        if (!known.state().isPresent()
            && (oldest == null || known.sinceNanos() - oldest.sinceNanos() < 0)) {
          oldest = known;
        }
      }
    }
    if (oldest == null) {
      return false;
    }
    forget(oldest.card().id());
    return true;
  }

  boolean hasNoRoomFor(Entry entry) {
    if (!isFull()) {
      return false;
    }
    MemberCard card = soundCard(entry);
    return card != null && !members.containsKey(card.id());
  }

  /** Restarts the clock of a member's state, because this node could not have heard of a change. */
  void restartClock(Known known, long now) {
    members.put(
        known.card().id(),
        new Known(known.card(), known.raw(), known.version(), known.state(), known.member(), now));
  }

  /** Forgets a member that departed. */
  void forget(Id id) {
    Known known = members.remove(id);
    if (known != null) {
      count(known, -1);
    }
  }

  private void count(Known known, int sign) {
    if (known.state().isPresent()) {
      present += sign;
      long counted = sign * fingerprint(known);
      digest += counted;
      sums[partOf(known.card().id())] += counted;
    }
  }

  private void put(@Nullable Known before, Known after) {
    if (before != null) {
      count(before, -1);
    }
    count(after, 1);
    members.put(after.card().id(), after);
  }

  @SuppressWarnings("NullAway") // an entry from the wire may lack what the type demands
  static @Nullable MemberCard soundCard(Entry entry) {
    if (entry == null
        || entry.card() == null
        || entry.state() == null
        || entry.version() < 1
        || entry.version() > VERSION_MAX) {
      return null;
    }
    try {
      MemberCard card = entry.card().as(MemberCard.class);
      return card.isSound() ? card : null;
    } catch (RingException unreadable) {
      return null;
    }
  }

  /** Tells facts apart: of 2⁶⁴. */
  static long fingerprint(Known known) {
    return fingerprint(known.seen());
  }

  static long fingerprint(Seen seen) {
    long hash = seen.id().hashCode();
    hash = mix(hash ^ seen.incarnation());
    hash = mix(hash + seen.version());
    return mix(hash + seen.state().name().hashCode());
  }

  /** A fact in short. */
  static Seen seen(MemberCard card, Entry entry) {
    return new Seen(card.id(), card.incarnation(), entry.version(), entry.state());
  }

  /** The finalizer of SplittableRandom (Steele, Lea, Flood, OOPSLA 2014, figure 16). */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
