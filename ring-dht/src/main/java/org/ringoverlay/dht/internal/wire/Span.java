package org.ringoverlay.dht.internal.wire;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Arcs that follow one another.
 *
 * @param first the number of the first
 * @param last the number of the last, which may be the first
 */
public record Span(int first, int last) {
  /** The arcs of a set, in order. */
  public static List<Span> of(BitSet arcs) {
    var spans = new ArrayList<Span>();
    for (int first = arcs.nextSetBit(0); first >= 0; ) {
      int after = arcs.nextClearBit(first);
      spans.add(new Span(first, after - 1));
      first = arcs.nextSetBit(after);
    }
    return spans;
  }

  /**
   * The set of these arcs, empty if they are not in order or there are not so many arcs.
   *
   * @param count how many arcs there are
   */
  public static BitSet set(List<Span> spans, int count) {
    var arcs = new BitSet();
    int next = 0;
    for (Span span : spans) {
      if (span.first < next || span.last < span.first || span.last >= count) {
        return new BitSet();
      }
      arcs.set(span.first, span.last + 1);
      next = span.last + 1;
    }
    return arcs;
  }
}
