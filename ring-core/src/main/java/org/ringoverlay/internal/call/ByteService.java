package org.ringoverlay.internal.call;

import java.util.concurrent.CompletionStage;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.view.RingView;

/** A service as the node runs it: bytes in, bytes out. On the loop. */
public interface ByteService {
  /** The name, 1–128 bytes. */
  String name();

  /** How many requests may be in work at once. */
  int inFlightMax();

  /** Handles a request; ends it by {@link Inbound#reply} or {@link Inbound#fail}, now or later. */
  void handle(Inbound request);

  /** The node is root of these IDs too. */
  void gained(IdRange range);

  /** The node is no longer root of these IDs. */
  void lost(IdRange range);

  /** The node has a new view. */
  void changed(RingView view);

  /** Hands over before the node leaves; completes with how many things. */
  CompletionStage<Long> leaving();

  /** The same before the node stops to come back with what its data directory keeps. */
  CompletionStage<Long> stopping();
}
