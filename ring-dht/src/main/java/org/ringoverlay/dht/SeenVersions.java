package org.ringoverlay.dht;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest versions of arcs that a node has seen, and which of them it named when it first sent
 * the operations that its callers gave names to.
 *
 * <p>A register that has forgotten operations newer than the named version cannot tell whether it
 * is met by a repeat. So the first sending names the newest version that is known, to be understood
 * as far as possible, and a repeat names what the first sending named. Bounded: of more than 4,096
 * arcs one may take the place of another, and of the operations the one that was used least lately
 * is forgotten first. On the loop.
 */
final class SeenVersions {
  private static final int ENTRIES_MAX = 4_096;

  /** The arc in each place, and the version that was seen of it; every answer is noted here. */
  private final int[] arcs = new int[ENTRIES_MAX];

  private final long[] versions = new long[ENTRIES_MAX];
  private final Map<String, Long> named = new Bounded();

  /** The newest version that was seen of an arc, 0 if none was. */
  long ofArc(int arc) {
    int place = arc % ENTRIES_MAX;
    return arcs[place] == arc ? versions[place] : 0;
  }

  void saw(int arc, long version) {
    int place = arc % ENTRIES_MAX;
    versions[place] = arcs[place] == arc ? Math.max(versions[place], version) : version;
    arcs[place] = arc;
  }

  /** What the first sending of an operation named, null if this node knows of none. */
  @Nullable Long ofOperation(String operation) {
    return named.get(operation);
  }

  void named(String operation, long version) {
    named.put(operation, version);
  }

  /** An operation surely was not decided: what is sent under its name next is the first sending. */
  void forget(String operation) {
    named.remove(operation);
  }

  @SuppressWarnings("serial") // never serialized
  private static final class Bounded extends LinkedHashMap<String, Long> {
    Bounded() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
      return size() > ENTRIES_MAX;
    }
  }
}
