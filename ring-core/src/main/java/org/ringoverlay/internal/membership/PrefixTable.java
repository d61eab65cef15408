package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Randomness;

/**
 * The routing table of Pastry (Rowstron, Druschel, Middleware 2001, section 2.1), base 16: for each
 * row r and digit d one member that shares its first r digits with this node and has d next. Plain
 * state; it names members and holds no facts about them.
 */
final class PrefixTable {
  private static final int COLUMNS = 16;

  private final Id self;
  private final List<@Nullable Id[]> rows = new ArrayList<>();

  PrefixTable(Id self) {
    this.self = self;
  }

  /** The member in a slot, null if there is none. */
  @Nullable Id at(int row, int digit) {
    return row < rows.size() ? rows.get(row)[digit] : null;
  }

  /** Whether a member stands in its slot. */
  boolean holds(Id member) {
    return !member.equals(self) && member.equals(at(rowOf(member), member.digit(rowOf(member))));
  }

  /** Puts a member into its slot if that is free. */
  void offer(Id member) {
    if (member.equals(self)) {
      return;
    }
    int row = rowOf(member);
    while (rows.size() <= row) {
      rows.add(new Id[COLUMNS]);
    }
    int digit = member.digit(row);
    if (rows.get(row)[digit] == null) {
      rows.get(row)[digit] = member;
    }
  }

  /** Puts a member into its slot in place of another, if that stands there. */
  boolean replace(Id holder, Id member) {
    if (!holds(holder) || rowOf(holder) != rowOf(member)) {
      return false;
    }
    remove(holder);
    offer(member);
    return true;
  }

  /** Takes a member out of its slot. */
  void remove(Id member) {
    if (holds(member)) {
      int row = rowOf(member);
      @Nullable Id[] slots = rows.get(row);
      slots[member.digit(row)] = null;
    }
  }

  /** A member of a row, both drawn; null if there is none. */
  @Nullable Id drawn(Randomness randomness) {
    var filled = new ArrayList<List<Id>>();
    for (@Nullable Id[] row : rows) {
      var members = new ArrayList<Id>();
      for (Id member : row) {
        if (member != null) {
          members.add(member);
        }
      }
      if (!members.isEmpty()) {
        filled.add(members);
      }
    }
    if (filled.isEmpty()) {
      return null;
    }
    List<Id> row = filled.get((int) randomness.below(filled.size()));
    return row.get((int) randomness.below(row.size()));
  }

  /** The members, row by row. */
  List<Id> members() {
    var result = new ArrayList<Id>();
    for (@Nullable Id[] row : rows) {
      for (Id member : row) {
        if (member != null) {
          result.add(member);
        }
      }
    }
    return result;
  }

  /**
   * Which slots are taken: a bit for each digit, least significant first, in one number for each
   * row.
   */
  List<Integer> taken() {
    var result = new ArrayList<Integer>(rows.size());
    for (@Nullable Id[] row : rows) {
      int bits = 0;
      for (int digit = 0; digit < COLUMNS; digit++) {
        bits |= row[digit] == null ? 0 : 1 << digit;
      }
      result.add(bits);
    }
    return result;
  }

  /** Whether a member would fill a slot that is free in another node's table. */
  static boolean fills(Id owner, List<Integer> taken, Id member) {
    int row = owner.commonPrefix(member);
    if (row >= Id.DIGITS) {
      return false;
    }
    Integer bits = row < taken.size() ? taken.get(row) : Integer.valueOf(0);
    return bits != null && (bits & 1 << member.digit(row)) == 0;
  }

  private int rowOf(Id member) {
    return self.commonPrefix(member);
  }
}
