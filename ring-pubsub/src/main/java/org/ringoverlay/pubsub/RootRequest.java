package org.ringoverlay.pubsub;

import java.util.List;
import org.ringoverlay.error.Refusal;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/** What is asked of a topic's root, by the service {@value #SERVICE}. */
sealed interface RootRequest {
  /** The name of the service. */
  String SERVICE = "topics";

  /**
   * Takes, renews, changes or gives up the asking node's place in several topics; sent to the root
   * directly, because topics with one root travel together.
   */
  record Graft(List<Place> places) implements RootRequest {
    /** Places in one request at most. */
    static final int PLACES_MAX = 256;

    /** Copies the places. */
    public Graft {
      places = List.copyOf(places);
    }
  }

  /**
   * A node's place in a topic.
   *
   * @param subscriptions how many subscriptions the node has; none and not willing gives it up
   * @param willing whether the node takes jobs
   * @param follows whether the node was subscribed before, and so misses what lies after {@code
   *     seen}
   * @param seen the highest sequence that it got, or where it began
   * @param reign who gave that sequence; 0 for nobody
   */
  record Place(
      String topic, int subscriptions, boolean willing, boolean follows, long seen, long reign) {}

  /** What became of each place, in the order of the request. */
  record Grafted(List<Outcome> outcomes) {
    /** Copies the outcomes. */
    public Grafted {
      outcomes = List.copyOf(outcomes);
    }
  }

  /**
   * What became of a place.
   *
   * @param head the last sequence given before the place was taken
   * @param reign who gives the sequences now
   * @param reason why it was refused, else empty
   */
  record Outcome(Verdict verdict, long head, long reign, String reason) {}

  /** Whether a place was taken. */
  enum Verdict {
    /** The place stands, or is given up as asked. */
    GRAFTED,
    /** The node is not the root, in its own view; ask again. */
    NOT_ROOT,
    /** A bound or a rule forbids it. */
    REFUSED
  }

  /**
   * Publishes.
   *
   * @param delivered whether to wait for the subscribers
   * @param seen the highest sequence of this topic that the publisher was told, so that the next is
   *     above it; 0 if none
   * @param reign who gave that sequence
   */
  record Publish(String topic, Json value, boolean delivered, long seen, long reign)
      implements RootRequest {}

  /** A publish was sequenced; see {@link org.ringoverlay.pubsub.Published}. */
  record Sequenced(long seq, int reached, int missing, long reign) {}

  /** Looks for one willing node that takes a job. */
  record Offer(String topic, Json value) implements RootRequest {}

  /** What became of an offer. */
  sealed interface Offered {
    /**
     * A node did the job.
     *
     * @param hops how many nodes the job passed from the root to it
     */
    record Done(Id node, Json value, int hops) implements Offered {}

    /** A node took the job and failed. */
    record Failed(Id node, Json error) implements Offered {}

    /** Nobody took it. */
    record Nobody(List<Refusal> refusals) implements Offered {
      /** Copies the refusals. */
      public Nobody {
        refusals = List.copyOf(refusals);
      }
    }
  }
}
