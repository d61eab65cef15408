package org.ringoverlay.lab.planted.internal.membership;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Walks collections whose order differs from JVM to JVM. */
public final class HasNoOrder {
  private HasNoOrder() {}

  static Object walk(Set<Integer> given) {
    var map = new HashMap<Integer, Integer>(Map.of(1, 2, 3, 4));
    var set = new HashSet<>(Set.of(1, 2));
    set.addAll(Set.copyOf(given));
    return Map.copyOf(map).keySet().iterator().next() + set.iterator().next();
  }
}
