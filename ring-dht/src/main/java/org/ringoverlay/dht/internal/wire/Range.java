package org.ringoverlay.dht.internal.wire;

import java.util.List;

/**
 * Registers that two nodes compare, and what the asker holds of them: all of some arcs, or of one
 * arc those whose keys' hashes begin alike.
 *
 * @param arcs the arcs, in order
 * @param bits how many bits the hashes have in common, 0 for all registers
 * @param prefix these bits, as a number
 * @param fingerprint of what the asker holds
 */
public record Range(List<Span> arcs, int bits, long prefix, Fingerprint fingerprint) {
  /** What a peer left out is nothing. */
  public Range {
    arcs = Entry.orEmpty(arcs);
    fingerprint = fingerprint == null ? Fingerprint.NOTHING : fingerprint;
  }
}
