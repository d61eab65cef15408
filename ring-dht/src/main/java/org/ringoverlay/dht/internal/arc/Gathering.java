package org.ringoverlay.dht.internal.arc;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Head;

/**
 * The first keys after a position, gathered from arcs that each know some: as many as fit, and the
 * position up to which they are all.
 *
 * <p>Bounded in keys and in bytes. On the loop.
 */
final class Gathering {
  private final int keysMax;
  private final long bytesMax;
  private final TreeMap<String, Integer> keys = new TreeMap<>(Keys::compare);
  private long bytes;
  private @Nullable String until;

  Gathering(int keysMax, long bytesMax) {
    this.keysMax = keysMax;
    this.bytesMax = bytesMax;
  }

  /** The position up to which these are all keys, null if none comes after. */
  @Nullable String until() {
    return until;
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** An arc holds a key. */
  void add(String key, int arc) {
    if (isBeyond(key) || keys.put(key, arc) != null) {
      return;
    }
    bytes += Head.textBytesMax(key);
    while (keys.size() > keysMax || (bytes > bytesMax && keys.size() > 1)) {
      removeLast();
      until = keys.lastKey();
    }
  }

  /** Some arc told its keys up to a position alone. */
  void reaches(@Nullable String position) {
    if (position != null && !isBeyond(position)) {
      until = position;
      while (!keys.isEmpty() && isBeyond(keys.lastKey())) {
        removeLast();
      }
    }
  }

  private boolean isBeyond(String key) {
    return until != null && Keys.compare(key, until) > 0;
  }

  private void removeLast() {
    bytes -= Head.textBytesMax(keys.lastKey());
    keys.remove(keys.lastKey());
  }

  /** Gives the keys in order, each with its arc. */
  void forEach(ObjIntConsumer<String> taker) {
    for (Map.Entry<String, Integer> each : keys.entrySet()) {
      taker.accept(each.getKey(), each.getValue());
    }
  }
}
