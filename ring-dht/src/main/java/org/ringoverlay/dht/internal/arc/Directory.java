package org.ringoverlay.dht.internal.arc;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.error.RingException;
import org.ringoverlay.view.Member;

/**
 * Finds out who keeps an arc of which this node knows nothing, or knows what is no longer so: asks
 * the members nearest to it, among whom those that keep it are, or were. On the loop.
 */
final class Directory {
  private final Ring ring;
  private final Shelf shelf;
  private final CopyPost post;
  private final int askedMax;
  private final long timeoutNanos;
  private final Map<Integer, Search> searches = new TreeMap<>();

  /** One question to several. */
  private static final class Search {
    final CompletableFuture<Configuration> found = new CompletableFuture<>();
    int open;
  }

  Directory(Ring ring, Shelf shelf, CopyPost post, int askedMax, long timeoutNanos) {
    this.ring = ring;
    this.shelf = shelf;
    this.post = post;
    this.askedMax = askedMax;
    this.timeoutNanos = timeoutNanos;
  }

  /** Who keeps an arc, when all that were asked have answered, or some were silent for a while. */
  CompletionStage<Configuration> find(int arc, Neighbourhood around) {
    Search running = searches.get(arc);
    if (running != null) {
      return running.found;
    }
    var search = new Search();
    searches.put(arc, search);
    for (Member member : around.nearest(around.view().arcs().centre(arc), askedMax + 1)) {
      if (!member.id().equals(ring.id())) {
        search.open++;
        post.send(
            member.id(),
            new CopyRequest.Locate(List.of(arc)),
            CopyReply.Located.class,
            reply -> {
              reply.placed().forEach(placed -> shelf.met(placed.arc(), placed.configuration()));
              answered(arc, search);
            },
            () -> answered(arc, search));
      }
    }
    search.open++;
    ring.scheduler().execute(() -> answered(arc, search));
    // Who asks has no more time because some are slow: what the others said will do.
    ring.scheduler().schedule(timeoutNanos, () -> end(arc, search));
    return search.found;
  }

  private void answered(int arc, Search search) {
    search.open--;
    if (search.open == 0) {
      end(arc, search);
    }
  }

  private void end(int arc, Search search) {
    if (search.found.isDone()) {
      return;
    }
    searches.remove(arc);
    Configuration configuration = shelf.configuration(arc);
    if (configuration != null) {
      search.found.complete(configuration);
    } else {
      search.found.completeExceptionally(
          new RingException.Unavailable("None of the members near the key knows who keeps it."));
    }
  }
}
