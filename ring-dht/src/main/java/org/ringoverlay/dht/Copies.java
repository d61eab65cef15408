package org.ringoverlay.dht;

import java.util.List;
import org.ringoverlay.id.Id;

/**
 * How far the ring is with keeping as many copies as it wants.
 *
 * @param wanted how many copies it wants
 * @param arcs into how many arcs the circle is cut
 * @param led how many of them the nodes that answered lead, as far as these know; an arc that
 *     another took over unnoticed counts twice, and those that are being taken over, or belong to a
 *     node that stands alone or was silent, do not
 * @param below of how many of those the members are fewer than wanted; all of them in a ring of
 *     fewer nodes
 * @param above of how many the members are more
 * @param silent the nodes that did not answer, of which nothing is known
 */
public record Copies(int wanted, int arcs, int led, int below, int above, List<Id> silent) {
  /** Copies the list. */
  public Copies {
    silent = List.copyOf(silent);
  }
}
