package org.ringoverlay.internal.node;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.call.ByteService;
import org.ringoverlay.internal.call.CallEnd;
import org.ringoverlay.internal.call.CallOptions;
import org.ringoverlay.internal.call.Calls;
import org.ringoverlay.internal.call.Services;
import org.ringoverlay.internal.link.Introduction;
import org.ringoverlay.internal.link.Links;
import org.ringoverlay.internal.membership.FailureDetector;
import org.ringoverlay.internal.membership.Membership;
import org.ringoverlay.internal.wire.Card;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Store;
import org.ringoverlay.spi.Table;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node: hands each message and each event to the concern that owns it, and lives from start to
 * close.
 *
 * <p>{@code NEW → JOINING → READY → LEAVING → CLOSED}, and {@code CLOSED} from anywhere. Everything
 * runs on the loop unless said otherwise.
 */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final long TIDY_NANOS = 5_000_000_000L;

  private enum State {
    NEW,
    JOINING,
    READY,
    LEAVING,
    CLOSED
  }

  private final NodeConfig config;
  private final Transport transport;
  private final Optional<Store> store;
  private final GuardedObserver observer;
  private final Scheduler scheduler;
  private final Clock clock;
  private final Origin origin;
  private final Links links;
  private final Membership membership;
  private final FailureDetector detector;
  private final Router router;
  private final Calls calls;
  private final Services services;
  private final Entrance entrance;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile State state = State.NEW;
  private volatile String address = "";
  private @Nullable Leaving leaving;

  /** Makes a node. Off the loop; nothing is opened. */
  public Node(
      NodeConfig config, Transport transport, Optional<Store> store, RingObserver userObserver) {
    this.config = config;
    this.transport = transport;
    this.store = store;
    this.scheduler = transport.scheduler();
    this.clock = transport.clock();
    this.observer = new GuardedObserver(userObserver, clock);
    this.origin = Origin.of(config, store, transport.randomness());
    Id self = origin.identity().node();
    Settings settings = config.settings();
    var limits = new NodeLimits(settings);
    Randomness randomness = transport.randomness();
    var introduction =
        new Introduction(
            self,
            config.ring(),
            origin.identity().ringIdentity(),
            Json.of(null),
            CoreSettings.frameBytesMax(settings));
    this.links = new Links(transport, limits.links(), introduction, this::addressOf, observer);
    this.router =
        new Router(
            self,
            this::nextHop,
            this::isLargeRing,
            new Detours(self, this::alive),
            links,
            limits.handovers(),
            clock,
            scheduler,
            observer,
            this::isSurelyRoot,
            this::deliver,
            this::answered);
    this.calls =
        new Calls(
            self,
            origin.drawRun(randomness),
            limits.calls(),
            router,
            clock,
            scheduler,
            randomness,
            observer);
    this.services = new Services(self, limits.services(), router, clock, scheduler, observer);
    int bits = origin.identity().arcBits();
    this.membership =
        new Membership(
            self,
            Arcs.of(origin.identity().hasJoined() ? bits : settings.get(CoreSettings.ARC_BITS)),
            limits.membership(),
            new LinkPost(links),
            clock,
            scheduler,
            randomness,
            new ViewDispatch(
                self, links, services, calls, observer, this::settleAgain, this::halt));
    this.detector =
        new FailureDetector(
            self,
            limits.detector(),
            membership,
            new FailureDetector.Links() {
              @Override
              public long heardAt(Id node) {
                return links.heardAt(node);
              }

              @Override
              public void reach(Id node) {
                links.reach(node);
              }

              @Override
              public void wasAway() {
                settleAgain();
              }
            },
            new LinkPost(links),
            clock,
            scheduler,
            randomness);
    this.entrance =
        new Entrance(
            config,
            limits,
            origin,
            introduction,
            links,
            membership,
            transport,
            observer,
            new AtTheDoor());
    links.start(new LinkDispatch(membership, detector, router, calls, entrance, observer));
    store.ifPresent(
        opened ->
            opened
                .broken()
                .thenAccept(
                    why -> {
                      observer.trouble(self, String.valueOf(why.getMessage()));
                      halt(String.valueOf(why.getMessage()));
                    }));
  }

  private @Nullable String addressOf(Id node) {
    return membership.addressOf(node);
  }

  private @Nullable Id nextHop(Id target, boolean exact, Predicate<Id> avoided) {
    return membership.nextHop(target, exact, avoided);
  }

  private List<Member> alive() {
    return membership.view().alive();
  }

  private boolean isLargeRing() {
    return !membership.view().isComplete();
  }

  private boolean isSurelyRoot(Id target) {
    return entrance.isAgreed() && membership.view().isSurelyRoot(target);
  }

  private void settleAgain() {
    entrance.settleAgain();
  }

  private void deliver(Envelope request) {
    services.deliver(request);
  }

  private void answered(Envelope answer) {
    calls.answered(answer);
  }

  /** The node's ID. Any thread. */
  public Id id() {
    return origin.identity().node();
  }

  /** The node's incarnation. Any thread. */
  public long incarnation() {
    return origin.identity().incarnation();
  }

  /** Whether the node founds the ring, and does not join or resume one. Any thread. */
  public boolean isFounder() {
    return origin.founds();
  }

  /** What a part keeps in the data directory, empty without one. Any thread. */
  public Optional<Table> table(String part) {
    return store.map(opened -> opened.table(part));
  }

  /** The data directory as it was named, empty without one. Any thread. */
  public Optional<String> directory() {
    return config.directory();
  }

  /** Says what a person must know of. On the loop. */
  public void trouble(String what) {
    observer.graveTrouble(id(), what);
  }

  /** The ring's name. Any thread. */
  public String ringName() {
    return config.ring();
  }

  /** The ring's identity, empty before the node has joined. Any thread. */
  public String ringIdentity() {
    return entrance.ringIdentity();
  }

  /** What others are told to connect to, empty before the node listens. Any thread. */
  public String address() {
    return address;
  }

  /** Whether the node has joined and is not leaving. Any thread. */
  public boolean isReady() {
    return state == State.READY;
  }

  /** The newest view. Any thread. */
  public RingView view() {
    return membership.view();
  }

  /** The loop. Any thread. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** The clock. Any thread. */
  public Clock clock() {
    return clock;
  }

  /** The source of chance. Any thread. */
  public Randomness randomness() {
    return transport.randomness();
  }

  /** The settings. Any thread. */
  public Settings settings() {
    return config.settings();
  }

  /** How each service fares. Any thread; the numbers may be a moment old. */
  public List<Services.Status> services() {
    return services.status();
  }

  /** Adds a service, before {@link #start}. Off the loop. */
  public void register(ByteService service) {
    if (state != State.NEW) {
      throw new IllegalStateException("services are registered before the node starts");
    }
    services.register(service);
  }

  /** Starts. Any thread; completes on the loop when the node is ready, or fails and is closed. */
  public CompletionStage<Void> start() {
    if (state != State.NEW) {
      throw new IllegalStateException("a node is started once");
    }
    state = State.JOINING;
    CompletionStage<Void> saved =
        store.isPresent()
            ? store.get().save(origin.identity())
            : CompletableFuture.completedFuture(null);
    saved
        .thenCompose(durable -> transport.listen(config.listen(), links::accept))
        .whenComplete(
            (bound, failure) ->
                scheduler.execute(
                    () -> {
                      if (failure != null) {
                        abort(asRingException(failure));
                      } else {
                        listening(bound);
                      }
                    }));
    return started;
  }

  private static RingException asRingException(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof RingException)) {
      cause = cause.getCause();
    }
    return cause instanceof RingException known
        ? known
        : new RingException.Unavailable("The node could not start: " + cause);
  }

  private void listening(String bound) {
    if (state != State.JOINING) {
      return;
    }
    address = config.advertise().isEmpty() ? bound : config.advertise();
    var card =
        new MemberCard(
            id(), incarnation(), address, config.http(), config.labels(), services.names());
    if (Card.of(Json.of(card)) == null) {
      abort(
          new RingException.InvalidInput(
              "What this node would say of itself is too long or not plain text: its address, its"
                  + " gateway's address, its labels or its services."));
      return;
    }
    entrance.enter(card);
  }

  private void ready() {
    if (state != State.JOINING) {
      return;
    }
    state = State.READY;
    detector.start();
    remember();
    scheduler.schedule(transport.randomness().below(TIDY_NANOS), this::tidy);
    LOG.info(
        "node {} listens on {} in ring {} ({}), {} members",
        id(),
        address,
        config.ring(),
        ringIdentity(),
        membership.view().members().size());
    started.complete(null);
  }

  private void tidy() {
    if (state == State.CLOSED) {
      return;
    }
    services.tidy();
    links.tidy();
    router.tidy();
    remember();
    entrance.lookForPeers();
    scheduler.schedule(TIDY_NANOS, this::tidy);
  }

  private void remember() {
    if (store.isPresent()) {
      origin.remember(store.get(), membership.view(), ringIdentity(), observer);
    }
  }

  /** Ends a start that came to nothing: told when all is closed, so that it can be tried again. */
  private void abort(RingException why) {
    halt(why.getMessage()).whenComplete((over, failure) -> started.completeExceptionally(why));
  }

  /** Makes a call. Any thread; {@code end} hears of it on the loop. */
  public void call(String service, Id target, byte[] payload, CallOptions options, CallEnd end) {
    if (scheduler.onLoop()) {
      callOnLoop(service, target, payload, options, end);
    } else if (!scheduler.execute(() -> callOnLoop(service, target, payload, options, end))) {
      end.ended(null, new RingException.Closed("This node has closed."));
    }
  }

  private void callOnLoop(
      String service, Id target, byte[] payload, CallOptions options, CallEnd end) {
    int serviceBytes = service.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (serviceBytes < 1 || serviceBytes > Envelope.SERVICE_BYTES_MAX) {
      end.ended(
          null,
          new RingException.InvalidInput(
              "A service's name is 1–128 bytes, not '" + Printable.text(service, 40) + "'."));
    } else if (payload.length > payloadBytesMax()) {
      end.ended(
          null,
          RingException.InvalidInput.tooLarge(
              "The request is "
                  + payload.length
                  + " bytes of JSON; this node sends at most "
                  + payloadBytesMax()
                  + " (ring.frame.max)."));
    } else {
      calls.call(service, target, payload, options, end);
    }
  }

  private int payloadBytesMax() {
    return CoreSettings.payloadBytesMax(config.settings());
  }

  /** Leaves for good, bounded by {@code ring.leave.timeout}. Any thread. */
  public CompletionStage<Left> leave() {
    return leave(leaveTimeoutNanos());
  }

  /** Leaves for good within a bound. Any thread. */
  public CompletionStage<Left> leave(long withinNanos) {
    return leave(ByteService::leaving, withinNanos, true);
  }

  /** Leaves, and comes back with what its data directory keeps. Any thread. */
  public CompletionStage<Left> stop() {
    return leave(ByteService::stopping, leaveTimeoutNanos(), false);
  }

  private long leaveTimeoutNanos() {
    return config.settings().get(CoreSettings.LEAVE_TIMEOUT);
  }

  private CompletionStage<Left> leave(
      Function<ByteService, CompletionStage<Long>> handOver, long withinNanos, boolean forGood) {
    var result = new CompletableFuture<Left>();
    boolean accepted =
        scheduler.execute(
            () -> {
              if (state == State.CLOSED) {
                result.completeExceptionally(new RingException.Closed("This node has closed."));
                return;
              }
              Leaving current = leaving;
              if (current == null) {
                current =
                    new Leaving(
                        services,
                        handOver,
                        clock,
                        scheduler,
                        withinNanos,
                        left -> goodbye(left, forGood));
                leaving = current;
                state = State.LEAVING;
                entrance.shut();
                started.completeExceptionally(
                    new RingException.Closed("The node left before it had joined."));
                current.begin();
              }
              current.whenLeft(result);
            });
    if (!accepted) {
      result.completeExceptionally(new RingException.Closed("This node has closed."));
    }
    return result;
  }

  private void goodbye(Left left, boolean forGood) {
    if (left.isUnfinished()) {
      observer.graveTrouble(
          id(),
          Printable.text(
              left.warning(forGood, store.isPresent()), RingException.MESSAGE_CHARS_MAX));
    }
    remember();
    membership.become(MemberState.LEFT, "left");
    scheduler.execute(() -> scheduler.execute(() -> halt("left")));
  }

  /** Stops at once. Any thread; completes when the sockets are closed. */
  public CompletionStage<Void> halt(String why) {
    if (!scheduler.onLoop()) {
      scheduler.execute(() -> halt(why));
      return closed;
    }
    if (state == State.CLOSED) {
      return closed;
    }
    state = State.CLOSED;
    entrance.shut();
    detector.stop();
    calls.close("This node has closed: " + why);
    links.close();
    Leaving current = leaving;
    if (current != null) {
      current.cutShort(new RingException.Closed("The node closed before it had left: " + why));
    }
    CompletionStage<Void> quiet = transport.close();
    if (store.isPresent()) {
      quiet = quiet.handle((over, failure) -> store.get()).thenCompose(Store::close);
    }
    quiet.whenComplete((over, failure) -> over(why, failure));
    return closed;
  }

  private void over(String why, @Nullable Throwable failure) {
    if (failure != null) {
      observer.trouble(id(), "closed, but not all was given back: " + asRingException(failure));
    }
    closed.complete(null);
    started.completeExceptionally(new RingException.Closed("The node closed: " + why));
  }

  /** Completes when the sockets are closed and the data directory is unlocked. Any thread. */
  public CompletionStage<Void> closed() {
    return closed;
  }

  /** What comes of this node's way in. */
  private final class AtTheDoor implements Entrance.Listener {
    @Override
    public void admitted() {
      detector.start();
    }

    @Override
    public void entered() {
      ready();
    }

    @Override
    public void failed(RingException why) {
      abort(why);
    }
  }
}
