package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Card;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage.Seen;
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
  /** Characters of a cause that are kept and passed on. */
  private static final int CAUSE_CHARS_MAX = 120;

  /** What is known of a member. */
  record Known(
      Card card, long version, MemberState state, long sinceNanos, @Nullable String cause) {
    Id id() {
      return card.id();
    }

    Json raw() {
      return card.raw();
    }

    Member member() {
      return card.in(state);
    }

    Entry entry() {
      return new Entry(card.raw(), version, state, cause);
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

  /** A fact from somewhere, read and found sound. */
  record Fact(Card card, long version, MemberState state, @Nullable String cause) {
    Id id() {
      return card.id();
    }

    Seen seen() {
      return new Seen(card.id(), card.incarnation(), version, state);
    }
  }

  /** A member's state changed. */
  record Change(@Nullable Known before, Known after) {}

  /** Into how many equal parts the circle is cut to compare two tables. */
  static final int PARTS = 64;

  /** Members count their versions up by one; beyond this, none did. */
  private static final long VERSION_MAX = 1L << 53;

  private final int membersMax;

  /** In the order of the circle. An array: it is read far more often than it grows. */
  private final ArrayList<Known> members = new ArrayList<>();

  /** Whose state changed since the changes were taken. */
  private final ArrayList<Id> changed = new ArrayList<>(0);

  private long digest;
  private int present;

  MemberTable(int membersMax) {
    this.membersMax = membersMax;
  }

  /** Where a member stands, or {@code -1 - at} where it would. */
  private int indexOf(Id id) {
    int low = 0;
    int high = members.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = members.get(middle).id().compareTo(id);
      if (order == 0) {
        return middle;
      } else if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1 - low;
  }

  @Nullable Known get(Id id) {
    int at = indexOf(id);
    return at < 0 ? null : members.get(at);
  }

  /** All, in the order of the circle; not to be held while facts are merged. */
  List<Known> all() {
    return Collections.unmodifiableList(members);
  }

  /** Whether there is no room for one more member, although those that departed give way. */
  boolean isFull() {
    return present >= membersMax;
  }

  /** How many are remembered that are members no more. */
  int departedCount() {
    return members.size() - present;
  }

  /** The members of a state, in the order of the circle. */
  List<Known> in(MemberState state) {
    var result = new ArrayList<Known>();
    for (Known known : members) {
      if (known.state() == state) {
        result.add(known);
      }
    }
    return result;
  }

  /** What changed of those present since this was asked last; empty for those who are not now. */
  NavigableMap<Id, Optional<Member>> takeChanges() {
    var changes = new TreeMap<Id, Optional<Member>>();
    for (Id id : changed) {
      changes.computeIfAbsent(id, each -> Optional.ofNullable(get(each)).map(Known::member));
    }
    changed.clear();
    changed.trimToSize();
    return changes;
  }

  /** Equal for equal sets of present members with equal facts; of 2⁶⁴, so seldom for others. */
  long digest() {
    return digest;
  }

  /** The same for each part of the circle. */
  List<Long> sums() {
    var sums = new long[PARTS];
    for (Known known : members) {
      if (known.state().isPresent()) {
        sums[partOf(known.id())] += fingerprint(known);
      }
    }
    return Arrays.stream(sums).boxed().toList();
  }

  static int partOf(Id id) {
    return 4 * id.digit(0) + id.digit(1) / 4;
  }

  List<Entry> entries() {
    return members.stream().map(Known::entry).toList();
  }

  List<Seen> seen(List<Integer> parts) {
    var wanted = new TreeSet<>(parts);
    return members.stream()
        .filter(known -> wanted.contains(partOf(known.id())))
        .map(Known::seen)
        .toList();
  }

  /** As {@link #merge(Fact, long)}, of a fact that nobody looked at yet. */
  @Nullable Change merge(Entry entry, long now) {
    Fact fact = sound(entry);
    return fact == null ? null : merge(fact, now);
  }

  /**
   * Takes a fact in if it is newer than what is known.
   *
   * @return the change, null if the fact was known, older or one too many
   */
  @Nullable Change merge(Fact fact, long now) {
    Card card = fact.card();
    Known before = get(card.id());
    if (before == null && !makeRoom(fact.state())) {
      return null;
    }
    if (before != null && !before.isOlderThan(card.incarnation(), fact.version(), fact.state())) {
      return null;
    }
    if (before != null
        && before.card().incarnation() == card.incarnation()
        && fact.version() - before.version() > Membership.VERSION_STEP_MAX) {
      return null;
    }
    var after = new Known(card, fact.version(), fact.state(), now, kept(fact));
    put(before, after);
    return new Change(before, after);
  }

  /** Why somebody is not well is worth its bytes; why the others are is not. */
  private static @Nullable String kept(Fact fact) {
    String cause = fact.cause();
    return cause == null || fact.state() == MemberState.ALIVE || fact.state() == MemberState.JOINING
        ? null
        : Printable.text(cause, CAUSE_CHARS_MAX);
  }

  /** Who departed first gives way to one that is present. */
  private boolean makeRoom(MemberState state) {
    if (members.size() < membersMax) {
      return true;
    }
    Known oldest = null;
    if (state.isPresent()) {
      for (Known known : members) {
        if (!known.state().isPresent()
            && (oldest == null || known.sinceNanos() - oldest.sinceNanos() < 0)) {
          oldest = known;
        }
      }
    }
    if (oldest == null) {
      return false;
    }
    forget(oldest.id());
    return true;
  }

  /** Whether a fact is turned away because its member would be one too many. */
  boolean hasNoRoomFor(Fact fact) {
    return isFull() && indexOf(fact.id()) < 0;
  }

  /** Restarts the clock of a member's state, because this node could not have heard of a change. */
  void restartClock(Known known, long now) {
    members.set(
        indexOf(known.id()),
        new Known(known.card(), known.version(), known.state(), now, known.cause()));
  }

  /** Forgets a member. */
  void forget(Id id) {
    int at = indexOf(id);
    if (at >= 0) {
      count(members.remove(at), -1);
    }
  }

  private void count(Known known, int sign) {
    if (known.state().isPresent()) {
      changed.add(known.id());
      present += sign;
      digest += sign * fingerprint(known);
    }
  }

  private void put(@Nullable Known before, Known after) {
    int at = indexOf(after.id());
    if (before != null) {
      count(before, -1);
      members.set(at, after);
    } else {
      members.add(-1 - at, after);
    }
    count(after, 1);
  }

  /** Reads a fact; null if it is none that a node would tell. */
  @SuppressWarnings("NullAway") // an entry from the wire may lack what the type demands
  static @Nullable Fact sound(@Nullable Entry entry) {
    if (entry == null
        || entry.state() == null
        || entry.version() < 1
        || entry.version() > VERSION_MAX) {
      return null;
    }
    Card card = Card.of(entry.card());
    return card == null ? null : new Fact(card, entry.version(), entry.state(), entry.cause());
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

  /** The finalizer of SplittableRandom (Steele, Lea, Flood, OOPSLA 2014, figure 16). */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
