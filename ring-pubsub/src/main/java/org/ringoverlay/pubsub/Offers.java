package org.ringoverlay.pubsub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Answer;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.error.Refusal;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.pubsub.NodeRequest.Job;
import org.ringoverlay.pubsub.NodeRequest.JobEnd;
import org.ringoverlay.pubsub.RootRequest.Offer;
import org.ringoverlay.pubsub.RootRequest.Offered;
import org.ringoverlay.view.RingView;

/**
 * The jobs that this node, as a topic's root, offers to the willing nodes, one after another.
 *
 * <p>The first that takes a job ends the search, whether it then succeeds or fails. One that leaves
 * the ring meanwhile counts as a refusal: a later answer of it is not listened to, so that at most
 * one answer is accepted, though the job may have been begun twice. On the loop.
 */
final class Offers {
  private final Ring ring;
  private final Roots roots;
  private final long messageBytesMax;
  private final LinkedHashSet<Search> searches = new LinkedHashSet<>();

  Offers(Ring ring, Roots roots, long messageBytesMax) {
    this.ring = ring;
    this.roots = roots;
    this.messageBytesMax = messageBytesMax;
  }

  CompletionStage<Offered> offer(Offer request, Context context) {
    Id id = Id.of(TopicName.check(request.topic()));
    Topics.checkSize(request.value(), messageBytesMax);
    return roots.whenSettled(
        id,
        () -> {
          RootTopic topic = roots.find(request.topic());
          List<Id> willing = topic == null ? List.of() : topic.nextWilling();
          var search = new Search(request, context, willing);
          searches.add(search);
          search.next();
          return search.result.whenComplete((offered, error) -> searches.remove(search));
        });
  }

  /** The ring has changed: no search goes on waiting for a node that is no longer there. */
  void changed(RingView view) {
    for (Search search : List.copyOf(searches)) {
      Id asked = search.asked;
      if (asked != null && view.find(asked).isEmpty()) {
        search.fellSilent(search.attempts, asked, "it left the ring or died");
      }
    }
  }

  private final class Search {
    private final Offer request;
    private final Context context;
    private final List<Id> willing;
    private final List<Refusal> refusals = new ArrayList<>();
    private final CompletableFuture<Offered> result = new CompletableFuture<>();
    private int attempts;
    private @Nullable Id asked;
    private @Nullable Id silent;

    Search(Offer request, Context context, List<Id> willing) {
      this.request = request;
      this.context = context;
      this.willing = willing;
    }

    void next() {
      asked = null;
      if (attempts == willing.size()) {
        end();
        return;
      }
      // A tenth of the time is the answer's way back.
      long left = context.timeLeft().toNanos() / 10 * 9;
      if (left <= 0) {
        result.completeExceptionally(
            new RingException.OutcomeUnknown(
                "The time was over after " + attempts + " of " + willing.size() + " willing nodes.",
                false));
        return;
      }
      Id node = willing.get(attempts);
      int attempt = ++attempts;
      asked = node;
      var job = new Job(request.topic(), context.origin(), context.requestId(), request.value());
      var options = AskOptions.defaults().within(Duration.ofNanos(left)).directly();
      ring.call(NodeRequest.SERVICE, node, job, JobEnd.class, options)
          .whenComplete((answer, error) -> ended(attempt, node, answer, error));
    }

    /** Nobody took it; but one that had it and did not answer may have done it all the same. */
    private void end() {
      Id unheard = silent;
      if (unheard == null) {
        result.complete(new Offered.Nobody(keptRefusals()));
      } else {
        result.completeExceptionally(
            new RingException.OutcomeUnknown(
                "Node "
                    + unheard
                    + " had the job and gave no answer; none of the other willing nodes took it.",
                false));
      }
    }

    private List<Refusal> keptRefusals() {
      return refusals.subList(0, Math.min(refusals.size(), RingException.REFUSALS_MAX));
    }

    private void ended(
        int attempt, Id node, @Nullable Answer<JobEnd> answer, @Nullable Throwable error) {
      if (attempt != attempts || result.isDone()) {
        return;
      }
      if (answer == null) {
        RingException why =
            error == null ? new RingException.OutcomeUnknown("no answer", false) : Errors.of(error);
        if (why instanceof RingException.OutcomeUnknown) {
          fellSilent(attempt, node, why.getMessage());
        } else {
          refused(attempt, node, why.getMessage());
        }
        return;
      }
      JobEnd end = answer.value();
      if (end instanceof JobEnd.Done done) {
        result.complete(new Offered.Done(node, done.value(), answer.hops()));
      } else if (end instanceof JobEnd.Failed failed) {
        result.complete(new Offered.Failed(node, failed.error()));
      } else if (end instanceof JobEnd.Declined declined) {
        refused(attempt, node, declined.reason());
      }
    }

    /** A node that had the job gave no answer: the next is asked, and it is remembered. */
    void fellSilent(int attempt, Id node, String reason) {
      if (attempt == attempts && !result.isDone()) {
        silent = node;
        refused(attempt, node, reason);
      }
    }

    private void refused(int attempt, Id node, String reason) {
      if (attempt == attempts && !result.isDone()) {
        refusals.add(new Refusal(node, reason));
        next();
      }
    }
  }
}
