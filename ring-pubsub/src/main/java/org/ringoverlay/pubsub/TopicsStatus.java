package org.ringoverlay.pubsub;

import java.util.List;
import org.ringoverlay.id.Id;

/**
 * How this node's part of the topics fares.
 *
 * @param subscriptions subscriptions on this node
 * @param willing willing handlers on this node
 * @param events events handed to handlers since the start
 * @param gaps gaps told since the start
 * @param handlerFailures handlers that threw, or whose stage failed, since the start
 * @param rooted the topics whose root this node is, by name
 */
public record TopicsStatus(
    int subscriptions,
    int willing,
    long events,
    long gaps,
    long handlerFailures,
    List<Rooted> rooted) {
  /** Copies the list. */
  public TopicsStatus {
    rooted = List.copyOf(rooted);
  }

  /**
   * A topic as its root sees it.
   *
   * @param topic the topic
   * @param seq the last sequence given
   * @param subscriptions subscriptions on all nodes
   * @param nodes the nodes that subscribe or are willing
   * @param queued messages that wait for a subscriber's confirmation, over all subscribers
   */
  public record Rooted(String topic, long seq, int subscriptions, List<Id> nodes, int queued) {
    /** Copies the nodes. */
    public Rooted {
      nodes = List.copyOf(nodes);
    }
  }
}
