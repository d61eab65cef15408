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
 * as far as possible, and a repeat names what the first sending named. Bounded: what was used least
 * lately is forgotten first. On the loop.
 */
final class SeenVersions {
  private static final int ENTRIES_MAX = 4_096;

  private final Map<Integer, Long> arcs = new Bounded<>();
  private final Map<String, Long> named = new Bounded<>();

  /** The newest version that was seen of an arc, 0 if none was. */
  long ofArc(int arc) {
    Long seen = arcs.get(arc);
    return seen == null ? 0 : seen;
  }

  void saw(int arc, long version) {
    arcs.merge(arc, version, Math::max);
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
  private static final class Bounded<K> extends LinkedHashMap<K, Long> {
    Bounded() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, Long> eldest) {
      return size() > ENTRIES_MAX;
    }
  }
}
