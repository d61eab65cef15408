package org.ringoverlay.dht.internal.arc;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.error.RingException;

/** The watches of prefixes that this node's callers have. Bounded in number; on the loop. */
final class Lookouts {
  private final Ring ring;
  private final Shelf shelf;
  private final Leaders leaders;
  private final Directory directory;
  private final long bytesMax;
  private final int max;
  private final LinkedHashSet<Lookout> standing = new LinkedHashSet<>();

  Lookouts(Ring ring, Shelf shelf, Leaders leaders, Directory directory, long bytesMax) {
    this.ring = ring;
    this.shelf = shelf;
    this.leaders = leaders;
    this.directory = directory;
    this.bytesMax = bytesMax;
    this.max = ring.settings().get(DhtSettings.WATCH_PREFIXES_MAX);
    var unused =
        ring.closed()
            .thenRun(
                () ->
                    List.copyOf(standing)
                        .forEach(each -> each.end(new RingException.Closed("The node closed."))));
  }

  /** Begins one. */
  CompletionStage<Lookout> begin(
      String space, String prefix, @Nullable String after, Lookout.Listener listener) {
    if (standing.size() >= max) {
      throw new RingException.Refused(
          standing.size()
              + " watches of prefixes are under way at this node (ring.dht.watch.prefixes.max).");
    }
    var assignment = new Assignment(ring, shelf, leaders, directory);
    var lookout =
        new Lookout(ring, assignment, space, prefix, after, bytesMax, listener, standing::remove);
    standing.add(lookout);
    return lookout.begin();
  }
}
