package org.ringoverlay.dht.internal.arc;

/**
 * When a key's value is to vanish.
 *
 * @param atNanos the time
 * @param key the full key
 */
record Expiry(long atNanos, String key) implements Comparable<Expiry> {
  @Override
  public int compareTo(Expiry other) {
    int byTime = Long.compare(atNanos, other.atNanos);
    return byTime != 0 ? byTime : key.compareTo(other.key);
  }
}
