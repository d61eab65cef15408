package org.ringoverlay.dht;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.ringoverlay.dht.internal.arc.Verification;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;

/**
 * What a comparison of all copies of some arcs found.
 *
 * @param arcs how many arcs the ring has
 * @param from the number of the first that was to be verified
 * @param next the number of the arc to go on with, empty if these were the last
 * @param compared how many arcs were compared on all of their members
 * @param records how many records these hold, those that were deleted among them
 * @param uneven the records whose copies differ, up to 128 of an arc
 * @param silent the members that gave no answer, and of how many of the arcs
 * @param undecided of how many arcs it is not known whether their copies are equal, because nobody
 *     told who keeps them, their members are changing, or more differed than could be looked at
 */
public record Verified(
    int arcs,
    int from,
    OptionalInt next,
    int compared,
    long records,
    List<Uneven> uneven,
    Map<Id, Integer> silent,
    int undecided) {
  /** Copies the list and the map. */
  public Verified {
    uneven = List.copyOf(uneven);
    silent = Collections.unmodifiableMap(new TreeMap<>(silent));
  }

  /**
   * A record whose copies differ.
   *
   * @param arc its arc as people call it
   * @param namespace its namespace
   * @param key its key
   * @param versions the version that each member holds, 0 for none; where all are equal what they
   *     hold under it is not
   */
  public record Uneven(String arc, String namespace, String key, Map<Id, Long> versions) {
    /** Copies the map. */
    public Uneven {
      versions = Collections.unmodifiableMap(new TreeMap<>(versions));
    }
  }

  /** Whether every copy of every arc was compared and all are equal. */
  public boolean isSound() {
    return uneven.isEmpty() && silent.isEmpty() && undecided == 0;
  }

  static Verified of(int from, Verification.Result result, Arcs arcs) {
    int next = from + Verification.ARCS_MAX;
    return new Verified(
        result.arcs(),
        from,
        next < result.arcs() ? OptionalInt.of(next) : OptionalInt.empty(),
        result.compared(),
        result.records(),
        result.uneven().stream()
            .map(
                each ->
                    new Uneven(arcs.name(each.arc()), each.space(), each.key(), each.versions()))
            .toList(),
        result.silent(),
        result.undecided());
  }
}
