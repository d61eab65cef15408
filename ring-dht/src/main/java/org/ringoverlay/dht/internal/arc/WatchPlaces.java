package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.ringoverlay.error.RingException;

/**
 * The places that watches take at a node: those of its callers, and the questions that wait here
 * for a change. On the loop. Bounded by {@code ring.dht.watches.max}, each kind for itself.
 */
public final class WatchPlaces {
  private final int watchesMax;

  /** Questions that wait for a change, at this node or at one to which they were passed on. */
  private final ArrayList<CompletableFuture<Object>> questions = new ArrayList<>();

  /** Questions of watchers that wait at this node. */
  private int watching;

  /** Watches that this node's callers have. */
  private int watches;

  WatchPlaces(int watchesMax) {
    this.watchesMax = watchesMax;
  }

  /** A question that waits for a change does not keep the node from going. */
  CompletionStage<?> held(CompletionStage<?> question) {
    var answer = new CompletableFuture<Object>();
    questions.add(answer);
    question.whenComplete(
        (seen, failed) -> {
          questions.removeIf(each -> each == answer);
          if (failed == null) {
            answer.complete(seen);
          } else {
            answer.completeExceptionally(Records.unwrap(failed));
          }
        });
    return answer;
  }

  /** A question that waits long must not take the place of those that are answered at once. */
  CompletionStage<?> counted(Supplier<CompletionStage<?>> question) {
    if (watching >= watchesMax) {
      throw new RingException.Refused(
          watching + " watchers wait at this node already (ring.dht.watches.max).");
    }
    CompletionStage<?> answer = question.get();
    watching++;
    return answer.whenComplete((seen, failed) -> watching--);
  }

  /** Whoever waits here is to ask another node. */
  void turnAway() {
    for (CompletableFuture<Object> question : List.copyOf(questions)) {
      question.completeExceptionally(
          new RingException.NotOwner("This node is about to go: another one waits.", null));
    }
  }

  /**
   * One more watch of this node's callers. On the loop.
   *
   * @throws RingException.Refused if there are as many as there may be
   */
  public void beginWatch() {
    if (watches >= watchesMax) {
      throw new RingException.Refused(
          "This node has " + watches + " watches already (ring.dht.watches.max).");
    }
    watches++;
  }

  /** One less. On the loop. */
  public void endWatch() {
    watches--;
  }
}
