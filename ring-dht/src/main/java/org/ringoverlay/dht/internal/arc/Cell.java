package org.ringoverlay.dht.internal.arc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.id.Id;

/**
 * A key on its daddy: the register, who holds it, and who waits for it.
 *
 * <p>{@code unsettled → settled} when enough copies hold the register; only then may it be shown or
 * changed. With {@link #sources} the register is not even known: others hold a newer one.
 */
final class Cell {
  final String key;
  final ArrayDeque<Pending> queue = new ArrayDeque<>();

  /** The nodes known to hold the register. */
  final List<Id> holders = new ArrayList<>();

  /** The nodes that were sent the register and have not answered. */
  final List<Id> asked = new ArrayList<>();

  /** The nodes that hold a newer register than this node. */
  final List<Id> sources = new ArrayList<>();

  /** The register, null if the key never held anything. */
  @Nullable Register current;

  /** The version that the sources hold. */
  long sourceVersion;

  /** Whether the newer register is on its way. */
  boolean fetching;

  boolean settled = true;

  /** The change that made the register, until enough copies hold it. */
  @Nullable Pending changing;

  /** The changes that wait until all copies hold the register that they made, or a newer one. */
  final List<ForAll> waitForAll = new ArrayList<>();

  /** A change that enough copies hold, and what came of it. */
  record ForAll(Pending pending, Operation operation) {}

  Cell(String key, @Nullable Register current) {
    this.key = key;
    this.current = current;
  }

  long version() {
    return Register.versionOf(current);
  }

  /** The register is another one now, which nobody but this node is known to hold. */
  void becomes(Register next, Id self) {
    current = next;
    holders.clear();
    asked.clear();
    holders.add(self);
    settled = false;
  }

  void holds(Id node) {
    if (!holders.contains(node)) {
      holders.add(node);
    }
  }

  /** Nodes hold a version. */
  void learn(long version, List<Id> nodes) {
    if (version == version() && !isUnknown()) {
      nodes.forEach(this::holds);
    } else if (version > Math.max(version(), isUnknown() ? sourceVersion : 0)) {
      sources.clear();
      sources.addAll(nodes);
      sourceVersion = version;
      settled = false;
    } else if (isUnknown() && version == sourceVersion) {
      for (Id node : nodes) {
        if (!sources.contains(node)) {
          sources.add(node);
        }
      }
    }
  }

  /** A source is one no more; without any the own register is the newest. */
  void forget(Id source, Id self) {
    if (sources.remove(source) && sources.isEmpty()) {
      if (current == null) {
        settled = true;
      } else {
        holds(self);
      }
    }
  }

  /** These nodes may have forgotten what they held. */
  void forgetAll(List<Id> nodes, Id self) {
    holders.removeAll(nodes);
    asked.removeAll(nodes);
    nodes.forEach(node -> forget(node, self));
  }

  boolean isUnknown() {
    return !sources.isEmpty();
  }

  /** Whether all copies hold the register. */
  boolean isLevel(Place place) {
    return !isUnknown() && (current == null || holders.containsAll(place.copies()));
  }

  /** Whether nothing is lost if the cell is forgotten. */
  boolean isVacant() {
    return current == null && queue.isEmpty() && !isUnknown();
  }

  /**
   * What a read is told.
   *
   * @param seen the newest version of the arc, 0 if it is not known
   */
  Request.Found found(Place place, long seen) {
    Register shown = current;
    int copies = place.copies().size();
    return shown == null || shown.deleted()
        ? new Request.Found(false, Register.NOTHING, 0, copies, place.wanted(), seen)
        : new Request.Found(true, shown.value(), shown.written(), copies, place.wanted(), seen);
  }
}
