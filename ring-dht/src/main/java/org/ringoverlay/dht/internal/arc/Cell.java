package org.ringoverlay.dht.internal.arc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/**
 * A key on its daddy: the register, who holds it, and who waits for it.
 *
 * <p>{@code unsettled → settled} when a quorum holds the register under one ballot; only then may
 * it be shown or changed. With {@link #sources} the register is not even known: others hold a newer
 * one.
 */
final class Cell {
  // There is a cell for every key, and most are at rest.
  private static final int FEW = 3;

  final String key;
  final ArrayDeque<Pending> queue = new ArrayDeque<>(1);

  /**
   * The members known to hold the register: accepted under {@link #round}, or under this ballot.
   */
  final List<Voter> holders = new ArrayList<>(FEW);

  /** The nodes that were sent the register and have not answered. */
  final List<Id> asked = new ArrayList<>(FEW);

  /** The members that hold the register, which this node does not. */
  final List<Voter> sources = new ArrayList<>();

  /** The register, null if the key never held anything. */
  @Nullable Register current;

  /** What the sources hold, null if there are none. */
  @Nullable Head wanted;

  /** The round under which those that hold the register accepted it. */
  long round;

  /** Whether the newer register is on its way. */
  boolean fetching;

  boolean settled = true;

  /** When its value is to vanish, null if it stays. */
  Expiries.@Nullable Expiry expiry;

  /** Since when time has passed that no change of it was made for. */
  long unusedSinceNanos = Long.MIN_VALUE / 2;

  /** The changes that made the register, in their order, until enough copies hold it. */
  List<Made> changing = List.of();

  /** The changes that wait until all copies hold the register that they made, or a newer one. */
  final List<Outcome> waitForAll = new ArrayList<>();

  /** What the changes under way met, which a quorum holds; null if the key held nothing. */
  @Nullable Register former;

  /** A change, and the register that it made. */
  record Made(Pending pending, Register register) {}

  /**
   * A change, and what came of it.
   *
   * @param register what it made, or left as it was
   */
  record Outcome(Pending pending, Operation operation, @Nullable Register register) {}

  Cell(String key, @Nullable Register current) {
    this.key = key;
    this.current = current;
  }

  long version() {
    return Register.versionOf(current);
  }

  /** What a quorum holds of the key for sure, null if it is nothing or not known. */
  @Nullable Register held() {
    return settled ? current : changing.isEmpty() ? null : former;
  }

  /** The version of the oldest change that not enough copies hold yet, or of the register. */
  long firstUnderWay() {
    return changing.isEmpty() ? version() : changing.get(0).register().version();
  }

  /** The register is another one now, which nobody is known to hold, under this round. */
  void becomes(Register next, long underRound) {
    current = next;
    round = underRound;
    sources.clear();
    wanted = null;
    holders.clear();
    asked.clear();
    settled = false;
  }

  /**
   * The register that the sources hold is here. If a quorum holds it under one ballot they go on
   * counting; else nobody does yet, under this round.
   */
  void found(Register register, long underRound) {
    if (holders.isEmpty()) {
      becomes(register, underRound);
    } else {
      current = register;
      sources.clear();
      wanted = null;
    }
  }

  /** The tombstone was collected: the key holds nothing. */
  void vacate() {
    current = null;
    round = 0;
    holders.clear();
    asked.clear();
  }

  void holds(Voter voter) {
    if (!holders.contains(voter)) {
      holders.add(voter);
    }
  }

  boolean isUnknown() {
    return !sources.isEmpty();
  }

  /** Whether all of these hold the register. */
  boolean isLevel(List<Voter> voters) {
    return !isUnknown() && (current == null || holders.containsAll(voters));
  }

  /** Whether nothing is lost if the cell is forgotten. */
  boolean isVacant() {
    return current == null && queue.isEmpty() && !isUnknown();
  }

  /**
   * What a read is told.
   *
   * @param copies how many members the arc has
   * @param copiesWanted how many it should have
   * @param seen the newest version of the arc, 0 if it is not known
   */
  Request.Found found(int copies, int copiesWanted, long seen) {
    Register shown = current;
    return shown == null || shown.deleted()
        ? new Request.Found(false, Register.NOTHING, 0, copies, copiesWanted, seen)
        : new Request.Found(true, shown.value(), shown.written(), copies, copiesWanted, seen);
  }
}
