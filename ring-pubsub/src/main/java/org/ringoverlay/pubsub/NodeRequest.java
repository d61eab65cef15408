package org.ringoverlay.pubsub;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/** What a topic's root asks of a node in the topic, by the service {@value #SERVICE}. */
sealed interface NodeRequest {
  /** The name of the service. */
  String SERVICE = "topics.deliver";

  /**
   * Messages, in order.
   *
   * @param reign who gave the sequences
   * @param number grows from batch to batch of a reign; the same when a batch is sent again
   * @param after the last sequence sent to this node before
   */
  record Batch(String topic, long reign, long number, long after, List<Item> items)
      implements NodeRequest {
    /** Copies the items. */
    public Batch {
      items = List.copyOf(items);
    }
  }

  /**
   * A message, or the word that some are missing.
   *
   * @param seq the message's sequence, or the first of the missing ones
   * @param gapTo the last of the missing ones; 0 for a message
   * @param value the message; null for a gap
   */
  record Item(long seq, long gapTo, @Nullable Json value) {
    static Item message(long seq, Json value) {
      return new Item(seq, 0, value);
    }

    static Item gap(long from, long to) {
      return new Item(from, to, null);
    }

    boolean isGap() {
      return gapTo > 0;
    }
  }

  /** A batch was handed to the node's subscriptions, but for what some of them missed. */
  record Taken(List<Missed> missed) {
    /** Copies the list. */
    public Taken {
      missed = List.copyOf(missed);
    }
  }

  /**
   * A message that subscriptions of a node did not get.
   *
   * @param subscriptions how many, or more than there are if none did
   */
  record Missed(long seq, int subscriptions) {}

  /**
   * A job for a willing node.
   *
   * @param asker the node that wants it done
   * @param requestId the asker's request, the same at every node that is offered the job
   */
  record Job(String topic, Id asker, String requestId, Json value) implements NodeRequest {}

  /** What a willing node made of a job. */
  sealed interface JobEnd {
    /** It is done. */
    record Done(Json value) implements JobEnd {}

    /** The node would not. */
    record Declined(String reason) implements JobEnd {}

    /** The handler failed. */
    record Failed(Json error) implements JobEnd {}
  }
}
