package org.ringoverlay.dht;

import java.util.List;
import org.ringoverlay.id.Id;

/**
 * An arc that has lost a majority of its members.
 *
 * @param arc the number of the arc
 * @param state what became of it
 * @param epoch of the configuration that is given up, 0 if nobody knows it
 * @param survivors its members that are in the ring with their copies
 * @param lost its members that are not
 * @param keys how many records the survivors hold, which are what is left; while it is only looked
 *     at, those of the one that holds most
 * @param newest the newest version among these: what was written after it is lost
 * @param why why it was refused, for people to read; empty if it was not
 */
public record ArcLoss(
    int arc,
    State state,
    long epoch,
    List<Id> survivors,
    List<Id> lost,
    long keys,
    long newest,
    String why) {
  /** What became of an arc. */
  public enum State {
    /** It would be recovered if that was confirmed. */
    LOST,
    /** It was recovered. */
    RECOVERED,
    /** It is lost and was left as it is; to ask again is safe. */
    REFUSED
  }

  /** Copies the lists. */
  public ArcLoss {
    survivors = List.copyOf(survivors);
    lost = List.copyOf(lost);
  }
}
