package org.ringoverlay.pubsub;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.NodeRequest.Batch;
import org.ringoverlay.pubsub.NodeRequest.Item;
import org.ringoverlay.pubsub.NodeRequest.Job;
import org.ringoverlay.pubsub.NodeRequest.JobEnd;
import org.ringoverlay.pubsub.NodeRequest.Missed;
import org.ringoverlay.pubsub.NodeRequest.Taken;

/**
 * What the roots of topics send to this node: messages for its subscriptions, jobs. On the loop.
 */
final class Deliveries {
  private final Ring ring;
  private final Grafts grafts;
  private final Loop loop;
  private final long messageBytesMax;

  Deliveries(Ring ring, Grafts grafts, Loop loop, long messageBytesMax) {
    this.ring = ring;
    this.grafts = grafts;
    this.loop = loop;
    this.messageBytesMax = messageBytesMax;
  }

  CompletionStage<?> handle(NodeRequest request, Context context) {
    if (request instanceof Batch batch) {
      return take(batch, context);
    }
    if (request instanceof Job job) {
      return take(job, context);
    }
    throw new IllegalStateException("a sealed family has no other: " + request);
  }

  private CompletionStage<Taken> take(Batch batch, Context context) {
    LocalTopic topic = grafts.find(batch.topic());
    if (topic == null || topic.subscriptionCount() == 0) {
      return CompletableFuture.completedFuture(new Taken(missedByAll(batch)));
    }
    if (topic.isBeginning()) {
      return context.fail(
          new RingException.Unavailable(
              "The first subscription is not grafted yet; send it again."));
    }
    return CompletableFuture.completedFuture(new Taken(topic.take(batch)));
  }

  private static List<Missed> missedByAll(Batch batch) {
    var missed = new ArrayList<Missed>(batch.items().size());
    for (Item item : batch.items()) {
      if (!item.isGap()) {
        missed.add(new Missed(item.seq(), Integer.MAX_VALUE));
      }
    }
    return missed;
  }

  private CompletionStage<JobEnd> take(Job job, Context context) {
    LocalTopic topic = grafts.find(job.topic());
    List<Willing> willing = topic == null ? List.of() : topic.nextWilling();
    if (willing.isEmpty()) {
      return CompletableFuture.completedFuture(new JobEnd.Declined("no longer willing"));
    }
    var jobContext = new JobContext(context, Id.of(job.topic()), job.asker(), job.requestId());
    var end = new CompletableFuture<JobEnd>();
    tryNext(job, jobContext, willing, 0, end);
    return end;
  }

  private void tryNext(
      Job job, Context context, List<Willing> willing, int at, CompletableFuture<JobEnd> end) {
    willing
        .get(at)
        .run(job.value(), context)
        .whenComplete(
            (value, thrown) ->
                loop.run(() -> tried(job, context, willing, at, value, thrown, end)));
  }

  private void tried(
      Job job,
      Context context,
      List<Willing> willing,
      int at,
      @Nullable Object value,
      @Nullable Throwable thrown,
      CompletableFuture<JobEnd> end) {
    if (thrown == null) {
      end.complete(done(value));
      return;
    }
    RingException error =
        Context.told(
            "The willing handler of topic '" + Printable.text(job.topic(), 40) + "'", thrown);
    if (!(error instanceof RingException.Refused refused)) {
      end.complete(new JobEnd.Failed(ErrorJson.toJson(error)));
    } else if (at + 1 < willing.size()) {
      tryNext(job, context, willing, at + 1, end);
    } else {
      end.complete(new JobEnd.Declined(refused.reason()));
    }
  }

  private JobEnd done(@Nullable Object value) {
    try {
      Json result = Json.of(value, ring.binding());
      Topics.checkSize(result, messageBytesMax);
      return new JobEnd.Done(result);
    } catch (RuntimeException unwritable) {
      var failed =
          new RingException.HandlerFailed(
              "The result of the job cannot be sent: " + unwritable.getMessage());
      return new JobEnd.Failed(ErrorJson.toJson(failed));
    }
  }
}
