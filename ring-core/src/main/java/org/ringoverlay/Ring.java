package org.ringoverlay;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.call.CallOptions;
import org.ringoverlay.internal.call.Reply;
import org.ringoverlay.internal.node.CoreSettings;
import org.ringoverlay.internal.node.Left;
import org.ringoverlay.internal.node.Node;
import org.ringoverlay.json.JsonBinding;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Table;
import org.ringoverlay.view.RingView;

/**
 * A node of a ring, from {@link #builder()} to {@link #close()}.
 *
 * <p>All methods may be called from any thread and none but {@link #await}, {@link #close} and
 * {@link RingBuilder#startAndAwait} blocks. Stages complete on the node's loop: what is chained to
 * them must not block either.
 */
public final class Ring implements AutoCloseable {
  /** The longest that {@link #leave(Duration)} may be told to take. */
  public static final Duration LEAVE_MAX = Duration.ofHours(1);

  private final Node node;
  private final JsonBinding binding;
  private final Map<Class<?>, Object> extensions;

  Ring(Node node, JsonBinding binding, Map<Class<?>, Object> extensions) {
    this.node = node;
    this.binding = binding;
    this.extensions = extensions;
  }

  /** Begins a node. */
  public static RingBuilder builder() {
    return new RingBuilder();
  }

  /** The node's place on the circle. */
  public Id id() {
    return node.id();
  }

  /** The ring's name. */
  public String name() {
    return node.ringName();
  }

  /** The ring's identity, 32 hex digits that its founder drew; empty before the node has joined. */
  public String identity() {
    return node.ringIdentity();
  }

  /**
   * Whether this node founded the ring since it started, so that nothing was kept in the ring
   * before it. A node that started again did not.
   */
  public boolean isFounder() {
    return node.isFounder();
  }

  /** Grows each time a node with a data directory starts; 1 for a node in memory. */
  public long incarnation() {
    return node.incarnation();
  }

  /** Where the node listens, {@code host:port}; empty before it does. */
  public String address() {
    return node.address();
  }

  /** Whether the node has joined and is not leaving. */
  public boolean isReady() {
    return node.isReady();
  }

  /** What the node knows of the ring now. */
  public RingView view() {
    return node.view();
  }

  /** The node's loop, for services and extensions. */
  public Scheduler scheduler() {
    return node.scheduler();
  }

  /** The node's clock, for services and extensions. */
  public Clock clock() {
    return node.clock();
  }

  /** The node's source of chance, for services and extensions; used on the loop. */
  public Randomness randomness() {
    return node.randomness();
  }

  /** The values of the node's settings. */
  public Settings settings() {
    return node.settings();
  }

  /**
   * The most bytes of JSON that one request or reply may have; {@code ring.frame.max} less a
   * header.
   */
  public int payloadBytesMax() {
    return CoreSettings.payloadBytesMax(settings());
  }

  /** How requests and replies become JSON. */
  public JsonBinding binding() {
    return binding;
  }

  /**
   * What a service or an extension keeps in the node's data directory; empty if the node has none.
   *
   * @param part a name that nobody else uses, 1–32 small letters
   */
  public Optional<Table> table(String part) {
    return node.table(part);
  }

  /**
   * The data directory as it was named when the node was made; empty if the node has none. Any
   * thread.
   */
  public Optional<String> directory() {
    return node.directory();
  }

  /**
   * Says what a person must know of: a warning in the log, which is never left out, and the
   * observer is told. For services and extensions, and for what is rare; on the loop.
   */
  public void trouble(String what) {
    node.trouble(what);
  }

  /** The services of this node, by name. */
  public List<ServiceStatus> services() {
    return node.services().stream()
        .map(
            s ->
                new ServiceStatus(
                    s.name(), s.inFlight(), s.handled(), s.failed(), s.refused(), s.repeated()))
        .toList();
  }

  /**
   * The face of an extension, such as {@code Dht}.
   *
   * @throws IllegalStateException if no such extension was on the class path when the node was
   *     built
   */
  public <E> E extension(Class<E> face) {
    Object found = extensions.get(face);
    if (found == null) {
      throw new IllegalStateException(
          "This node has no "
              + face.getSimpleName()
              + ": add the artifact that holds "
              + face.getName()
              + " to the class path.");
    }
    return face.cast(found);
  }

  /** Asks with the default options; see {@link #call}. */
  public <R> CompletionStage<R> ask(String service, Id target, Object request, Class<R> replyType) {
    return ask(service, target, request, replyType, AskOptions.defaults());
  }

  /** Asks, and gives only the reply; see {@link #call}. */
  public <R> CompletionStage<R> ask(
      String service, Id target, Object request, Class<R> replyType, AskOptions options) {
    return call(service, target, request, replyType, options).thenApply(Answer::value);
  }

  /**
   * Sends a request to a service at the root of an ID and waits for its reply, trying again with
   * backoff and jitter until the deadline. The handler at one node runs at most once for it,
   * however often it is repeated on the way; when the root changes in between, the next root may
   * run it again.
   *
   * @return completes on the loop; fails with the error family: {@code Refused}, {@code NoRoute},
   *     {@code Incompatible} with the code {@code unknown-service}, {@code HandlerFailed}, {@code
   *     Timeout} when nothing was changed by the deadline, {@code OutcomeUnknown} when it may have
   *     been, {@code Closed}, {@code InvalidInput} when the request cannot be written or is too
   *     large
   */
  public <R> CompletionStage<Answer<R>> call(
      String service, Id target, Object request, Class<R> replyType, AskOptions options) {
    byte[] payload;
    try {
      payload = binding.write(request);
    } catch (RingException invalid) {
      return CompletableFuture.failedFuture(invalid);
    }
    var future = new CompletableFuture<Answer<R>>();
    node.call(
        service,
        target,
        payload,
        new CallOptions(
            options.timeout().toNanos(),
            options.direct(),
            options.readOnly(),
            options.likely(),
            options.first()),
        (reply, error) -> complete(future, reply, error, replyType));
    return future;
  }

  private <R> void complete(
      CompletableFuture<Answer<R>> future,
      @Nullable Reply reply,
      @Nullable RingException error,
      Class<R> replyType) {
    if (reply == null) {
      future.completeExceptionally(
          error != null ? error : new RingException.Closed("The node ended the call."));
      return;
    }
    Answer<R> answer;
    try {
      R value = binding.read(reply.array(), reply.offset(), reply.length(), replyType);
      answer = new Answer<>(value, reply.node(), reply.hops(), reply.conclusive());
    } catch (RingException unreadable) {
      future.completeExceptionally(unreadable);
      return;
    }
    future.complete(answer);
  }

  /**
   * The way that a message to an ID takes now, asked hop by hop, for at most five seconds.
   *
   * @return completes on the loop; fails with {@code Timeout} or {@code NoRoute}, which names the
   *     node on the way that did not answer, or {@code Closed}
   */
  public CompletionStage<Route> trace(Id target) {
    return new Tracer(this, target).trace();
  }

  /**
   * Waits for a stage.
   *
   * @throws IllegalStateException at once, if called on a loop: it would wait for itself
   * @throws RingException if the stage fails with one, or {@code Closed} if the thread is
   *     interrupted
   */
  public <T> T await(CompletionStage<T> stage) {
    try {
      return scheduler().await(stage);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new RingException.Closed(
          "The waiting thread was interrupted; the work itself goes on.");
    } catch (ExecutionException failed) {
      throw unwrap(failed);
    }
  }

  private static RuntimeException unwrap(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException
            || cause instanceof java.util.concurrent.CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof RuntimeException unchecked) {
      return unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(cause);
  }

  /**
   * Leaves the ring for good: services hand over, the others are told, the node closes. Bounded by
   * {@code ring.leave.timeout}, and the node closes even if a service could not hand over by then,
   * because too few others answered. So look into the report before a data directory is thrown
   * away: {@link LeaveReport#unfinished} says which services these are, and what to do then. A
   * second call gives the first one's stage.
   *
   * @return fails with {@code Closed} if the node has closed, or closes before it has left
   */
  public CompletionStage<LeaveReport> leave() {
    return reported(node.leave());
  }

  /**
   * Leaves the ring for good as {@link #leave()} does, bounded by this instead of {@code
   * ring.leave.timeout}: that is for a node that somebody waits for, this for one that keeps much
   * and may take its time. Any thread; does not block. The node takes no longer than it needs, and
   * closes when the bound is over even if a service could not hand over.
   *
   * <p>The first call decides: after any {@code leave}, {@link #stop} or {@link #close} this gives
   * that one's stage, and the bound stays as it was.
   *
   * @param within how long it may take: positive, and at most {@link #LEAVE_MAX}
   * @return fails with {@code InvalidInput} if the bound is none, and then nothing has begun; with
   *     {@code Closed} if the node has closed, or closes before it has left
   */
  public CompletionStage<LeaveReport> leave(Duration within) {
    if (within.isNegative() || within.isZero() || within.compareTo(LEAVE_MAX) > 0) {
      return CompletableFuture.failedFuture(
          new RingException.InvalidInput(
              "A node may take more than nothing and at most "
                  + LEAVE_MAX.toHours()
                  + " h to leave, not "
                  + within
                  + "."));
    }
    return reported(node.leave(within.toNanos()));
  }

  /**
   * Stops, as {@link #close} does, without waiting. A second call, or one after {@link #leave()},
   * gives the first one's stage.
   */
  public CompletionStage<LeaveReport> stop() {
    return reported(node.stop());
  }

  private static CompletionStage<LeaveReport> reported(CompletionStage<Left> leaving) {
    return leaving.thenApply(
        left -> new LeaveReport(left.handedOver(), left.unfinished(), left.took()));
  }

  /** Completes when the node has closed, for whatever reason. */
  public CompletionStage<Void> closed() {
    return node.closed();
  }

  /**
   * Stops at once without a goodbye, as a crash would look to the others.
   *
   * @return completes when the sockets are closed
   */
  public CompletionStage<Void> halt() {
    return node.halt("halted");
  }

  /**
   * Stops and waits until the node is closed; does nothing if it is. A node with a data directory
   * says goodbye and keeps its place, to come back with what it keeps; one without leaves. Whether
   * all services could hand over, {@link #stop} reports; here it stands in the log alone. Blocks
   * for {@code ring.leave.timeout} at most, or, if it leaves already, for what {@link
   * #leave(Duration)} was told; throws at once on a loop.
   */
  @Override
  public void close() {
    try {
      await(stop());
    } catch (RingException.Closed already) {
      // The node has closed by itself or was halted, and there is nobody to say goodbye to.
    }
    await(closed());
  }

  @Override
  public String toString() {
    return "node " + id().shortString() + " of ring " + name();
  }
}
