package org.ringoverlay.dht.internal.wire;

/**
 * What a node holds of an arc.
 *
 * @param configuration the newest configuration that the node has met
 * @param records how many registers, tombstones included
 * @param content of all that they hold, whatever ballots they were accepted under
 */
public record Copy(int arc, Configuration configuration, long records, Fingerprint content) {
  /** What a peer left out is nothing. */
  public Copy {
    content = content == null ? Fingerprint.NOTHING : content;
  }
}
