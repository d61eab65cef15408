package org.ringoverlay.lab.planted.dht;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects into what has no order. */
public final class CollectsWithoutOrder {
  private CollectsWithoutOrder() {}

  static Set<Integer> collect(List<Integer> list) {
    return list.stream().collect(Collectors.toSet());
  }
}
