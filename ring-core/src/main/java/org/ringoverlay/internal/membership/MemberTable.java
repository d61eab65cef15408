package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
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

  /** Members count their versions up by one; beyond this, none did. */
  private static final long VERSION_MAX = 1L << 53;

  private final int membersMax;
  private final TreeMap<Id, Known> members = new TreeMap<>();
  private long digest;

  MemberTable(int membersMax) {
    this.membersMax = membersMax;
  }

  @Nullable Known get(Id id) {
    return members.get(id);
  }

  Collection<Known> all() {
    return members.values();
  }

  boolean isFull() {
    return members.size() >= membersMax;
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

  List<Entry> entries() {
    return members.values().stream().map(Known::entry).toList();
  }

  List<Seen> seen() {
    return members.values().stream()
        .map(
            known ->
                new Seen(
                    known.card().id(), known.card().incarnation(), known.version(), known.state()))
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
    if (before == null && isFull()) {
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
  boolean hasNoRoomFor(Entry entry) {
    if (members.size() < membersMax) {
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
    if (known != null && known.state().isPresent()) {
      digest -= fingerprint(known);
    }
  }

  private void put(@Nullable Known before, Known after) {
    if (before != null && before.state().isPresent()) {
      digest -= fingerprint(before);
    }
    if (after.state().isPresent()) {
      digest += fingerprint(after);
    }
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
    long hash = known.card().id().hashCode();
    hash = mix(hash ^ known.card().incarnation());
    hash = mix(hash + known.version());
    return mix(hash + known.state().name().hashCode());
  }

  /** The finalizer of SplittableRandom (Steele, Lea, Flood, OOPSLA 2014, figure 16). */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
