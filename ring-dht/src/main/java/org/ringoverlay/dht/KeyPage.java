package org.ringoverlay.dht;

import java.util.List;
import java.util.Optional;

/**
 * Some keys, in order of the bytes of their UTF-8.
 *
 * @param keys the keys; empty only on the last page
 * @param next the position after which the next page begins, empty if this is the last
 */
public record KeyPage(List<String> keys, Optional<String> next) {
  /** Copies the list. */
  public KeyPage {
    keys = List.copyOf(keys);
  }
}
