package org.ringoverlay.dht.internal.arc;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.error.RingException;

/** The listings that this node's callers asked for. Bounded in number; on the loop. */
public final class Listings {
  private final Ring ring;
  private final Shelf shelf;
  private final Leaders leaders;
  private final Directory directory;
  private final long bytesMax;
  private final int listingsMax;
  private final LinkedHashSet<Listing> running = new LinkedHashSet<>();

  /**
   * Keys in order.
   *
   * @param keys the keys
   * @param next the position after which the next page begins, null if this is the last
   */
  public record Page(List<String> keys, @Nullable String next) {
    /** Copies the list. */
    public Page {
      keys = List.copyOf(keys);
    }
  }

  Listings(Ring ring, Shelf shelf, Leaders leaders, Directory directory, long bytesMax) {
    this.ring = ring;
    this.shelf = shelf;
    this.leaders = leaders;
    this.directory = directory;
    this.bytesMax = bytesMax;
    this.listingsMax = ring.settings().get(DhtSettings.LISTINGS_MAX);
    var unused =
        ring.closed()
            .thenRun(
                () ->
                    List.copyOf(running)
                        .forEach(each -> each.fail(new RingException.Closed("The node closed."))));
  }

  /** Begins one. */
  CompletionStage<Page> list(
      String space, String prefix, String after, int keysMax, long deadlineNanos) {
    if (running.size() >= listingsMax) {
      throw new RingException.Refused(
          running.size() + " listings are under way at this node (ring.dht.listings.max).");
    }
    var question = new Listing.Question(space, prefix, after, keysMax, deadlineNanos);
    var listing = new Listing(ring, shelf, leaders, directory, question, bytesMax);
    running.add(listing);
    listing.begin();
    return listing.page().whenComplete((page, failed) -> running.remove(listing));
  }
}
