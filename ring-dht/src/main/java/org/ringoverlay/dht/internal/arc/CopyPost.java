package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.CommitNumber;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * Sends messages to the copies and tells, always later, what came of them. What is sent to a node
 * in one turn travels together. A reply that no sound node can have sent counts as none. On the
 * loop.
 */
final class CopyPost {
  private static final int DOUBLINGS_MAX = 4;
  private static final int REQUESTS_MAX = 512;

  /** What the fields of a request take beside its registers, at most. */
  private static final long REQUEST_BYTES = 1_024;

  private final Ring ring;
  private final long timeoutNanos;
  private final long batchBytesMax;
  private final Witness witness;

  /** How often the time of a node that was too slow has been doubled. */
  private final Map<Id, Integer> doublings = new TreeMap<>();

  /** What is to be sent at the end of this turn. */
  private final Map<Id, List<Letter<?>>> outgoing = new TreeMap<>();

  /** One message, and whom to tell what. */
  private record Letter<R>(
      CopyRequest message, Class<R> replyType, Consumer<R> answered, Runnable failed) {
    boolean tell(CopyReply reply) {
      if (!replyType.isInstance(reply)) {
        return false;
      }
      answered.accept(replyType.cast(reply));
      return true;
    }

    long sizeBytesMax() {
      long bytes = REQUEST_BYTES;
      if (message instanceof CopyRequest.Accept accept) {
        for (Entry entry : accept.entries()) {
          bytes += entry.sizeBytesMax();
        }
      } else if (message instanceof CopyRequest.Fetch fetch) {
        for (String key : fetch.keys()) {
          bytes += Head.textBytesMax(key);
        }
      } else if (message instanceof CopyRequest.Forget forget) {
        for (Head head : forget.heads()) {
          bytes += head.sizeBytesMax();
        }
      } else if (message instanceof CopyRequest.Locate locate) {
        bytes += 16L * locate.arcs().size();
      }
      return bytes;
    }

    /**
     * Whether it travels alone: because its reply may be so long that no other has room beside it,
     * or because an older version of the program does not know it, and would answer nothing that
     * comes with it.
     */
    boolean isAlone() {
      return message instanceof CopyRequest.Fetch
          || message instanceof CopyRequest.Floor
          || message instanceof CopyRequest.Compare
          // Its answer waits until all arcs were looked at.
          || (message instanceof CopyRequest.Locate locate
              && (locate.leaving() || locate.arcs().size() > 1));
    }
  }

  CopyPost(Ring ring, long timeoutNanos, long batchBytesMax, Witness witness) {
    this.ring = ring;
    this.witness = witness;
    this.timeoutNanos = timeoutNanos;
    this.batchBytesMax = batchBytesMax;
  }

  /**
   * Sends a message to exactly this node. Each time that it gives no answer in time it gets twice
   * the time, up to a bound, so that a slow one is heard in the end.
   */
  <R> void send(
      Id node, CopyRequest message, Class<R> replyType, Consumer<R> answered, Runnable failed) {
    if (outgoing.isEmpty()) {
      ring.scheduler().execute(this::flush);
    }
    outgoing
        .computeIfAbsent(node, unused -> new ArrayList<>())
        .add(new Letter<>(message, replyType, answered, failed));
  }

  private void flush() {
    var now = new TreeMap<>(outgoing);
    outgoing.clear();
    now.forEach(this::send);
  }

  private void send(Id node, List<Letter<?>> letters) {
    var batch = new ArrayList<Letter<?>>();
    long bytes = 0;
    for (Letter<?> letter : letters) {
      if (letter.isAlone()) {
        post(node, List.of(letter));
        continue;
      }
      long size = letter.sizeBytesMax();
      if (!batch.isEmpty() && (batch.size() == REQUESTS_MAX || bytes + size > batchBytesMax)) {
        post(node, List.copyOf(batch));
        batch.clear();
        bytes = 0;
      }
      batch.add(letter);
      bytes += size;
    }
    if (!batch.isEmpty()) {
      post(node, List.copyOf(batch));
    }
  }

  private void post(Id node, List<Letter<?>> letters) {
    Duration timeout = Duration.ofNanos(timeoutNanos << doublings.getOrDefault(node, 0));
    // Whether a silent copy kept what it was sent does not matter to the daddy: it asks again.
    AskOptions options = AskOptions.defaults().within(timeout).directly().reading();
    CopyRequest message =
        letters.size() == 1
            ? letters.get(0).message()
            : new CopyRequest.Batch(
                letters.stream().<CopyRequest>map(Letter::message).toList(), null);
    CommitNumber before = witness.of(node);
    long sentAt = ring.clock().nanos();
    CompletionStage<CopyReply> stage =
        ring.ask(
            Records.COPY_SERVICE, node, witness.signed(node, message), CopyReply.class, options);
    boolean[] sending = {true};
    stage.whenComplete(
        (reply, error) -> {
          note(node, error == null, ring.clock().nanos() - sentAt);
          Runnable tell =
              () ->
                  tell(
                      letters,
                      error == null && counts(node, before, reply, letters) ? reply : null);
          if (sending[0]) {
            ring.scheduler().execute(tell);
          } else {
            tell.run();
          }
        });
    sending[0] = false;
  }

  /** Whoever is behind what this node saw of it is told, and counts for nothing until then. */
  private boolean counts(
      Id node, @Nullable CommitNumber before, CopyReply reply, List<Letter<?>> letters) {
    boolean counts = witness.counts(node, before, reply);
    if (!counts
        && letters.stream().noneMatch(each -> each.message() instanceof CopyRequest.Locate)) {
      send(
          node, new CopyRequest.Locate(List.of()), CopyReply.Located.class, unused -> {}, () -> {});
    }
    return counts;
  }

  private void tell(List<Letter<?>> letters, @Nullable CopyReply reply) {
    if (letters.size() == 1) {
      tell(letters.get(0), reply);
      return;
    }
    var answers = reply instanceof CopyReply.Answers all ? all : null;
    boolean fits = answers != null && answers.size() == letters.size();
    for (int at = 0; at < letters.size(); at++) {
      tell(letters.get(at), answers != null && fits ? answers.reply(at) : null);
    }
  }

  private void tell(Letter<?> letter, @Nullable CopyReply reply) {
    if (reply == null || !isSound(letter.message(), reply) || !letter.tell(reply)) {
      letter.failed().run();
    }
  }

  private void note(Id node, boolean answered, long nanos) {
    int doubled = doublings.getOrDefault(node, 0);
    if (!answered && ring.view().find(node).isPresent()) {
      doublings.put(node, Math.min(DOUBLINGS_MAX, doubled + 1));
    } else if (!answered || nanos < timeoutNanos / 2) {
      doublings.remove(node);
    }
  }

  private boolean isSound(CopyRequest message, CopyReply reply) {
    try {
      Soundness.checkReply(ring.view().arcs(), message, reply);
      return true;
    } catch (RingException.InvalidInput unsound) {
      return false;
    }
  }
}
