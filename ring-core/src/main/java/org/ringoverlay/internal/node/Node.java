package org.ringoverlay.internal.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.internal.call.ByteService;
import org.ringoverlay.internal.call.CallEnd;
import org.ringoverlay.internal.call.CallOptions;
import org.ringoverlay.internal.call.Calls;
import org.ringoverlay.internal.call.Services;
import org.ringoverlay.internal.link.Introduction;
import org.ringoverlay.internal.link.LinkEvents;
import org.ringoverlay.internal.link.Links;
import org.ringoverlay.internal.membership.FailureDetector;
import org.ringoverlay.internal.membership.Joining;
import org.ringoverlay.internal.membership.Membership;
import org.ringoverlay.internal.membership.ViewListener;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Store;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.view.MemberEvent;
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
  private final RingObserver observer;
  private final Scheduler scheduler;
  private final Clock clock;
  private final Origin origin;
  private final Introduction introduction;
  private final Links links;
  private final Membership membership;
  private final FailureDetector detector;
  private final Router router;
  private final Calls calls;
  private final Services services;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile State state = State.NEW;
  private volatile String address = "";
  private volatile String ringIdentity;
  private @Nullable Joining joining;
  private int nextContact;
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
    this.ringIdentity = origin.identity().ringIdentity();
    Id self = origin.identity().node();
    Settings settings = config.settings();
    var limits = new NodeLimits(settings);
    this.introduction = new Introduction(self, config.ring(), ringIdentity, Json.of(null));
    this.links =
        new Links(
            transport, limits.links(), introduction, this::addressOf, new LinkDispatch(), observer);
    int bits = origin.identity().arcBits();
    this.membership =
        new Membership(
            self,
            Arcs.of(origin.identity().hasJoined() ? bits : settings.get(CoreSettings.ARC_BITS)),
            limits.membership(),
            this::post,
            clock,
            scheduler,
            transport.randomness(),
            new ViewDispatch());
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
            },
            this::post,
            clock,
            scheduler,
            transport.randomness());
    this.router =
        new Router(
            self, membership::view, links, scheduler, observer, this::deliver, this::answered);
    this.calls =
        new Calls(
            self,
            origin.drawRun(transport.randomness()),
            limits.calls(),
            router,
            clock,
            scheduler,
            transport.randomness(),
            observer);
    this.services = new Services(self, limits.services(), router, clock, scheduler, observer);
  }

  private @Nullable String addressOf(Id node) {
    return membership.addressOf(node);
  }

  private void post(Id to, LinkMessage message) {
    links.send(to, message);
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

  /** The ring's name. Any thread. */
  public String ringName() {
    return config.ring();
  }

  /** The ring's identity, empty before the node has joined. Any thread. */
  public String ringIdentity() {
    return ringIdentity;
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
    if (!card.isSound()) {
      abort(
          new RingException.InvalidInput(
              "What this node would say of itself is too long or not plain text: its address, its"
                  + " gateway's address, its labels or its services."));
      return;
    }
    Json raw = Json.of(card);
    introduction.card(raw);
    membership.introduce(card, raw);
    if (origin.founds()) {
      admit(origin.drawRingIdentity(transport.randomness()), membership.view().arcs());
      membership.become(MemberState.ALIVE, "founded the ring");
      ready();
      return;
    }
    List<String> others =
        origin.contacts().stream().filter(contact -> !contact.equals(address)).toList();
    if (!others.isEmpty()) {
      join(others);
    } else if (origin.identity().hasJoined()) {
      resumeAlone("it knows no other member");
    } else {
      abort(
          new RingException.InvalidInput(
              "This node's only seed is itself, "
                  + address
                  + ". Give it another member's address, or let it found the ring."));
    }
  }

  private void join(List<String> contacts) {
    var limits = new NodeLimits(config.settings());
    boolean resumes = origin.identity().hasJoined();
    var attempt =
        new Joining(
            id(),
            limits.joining(resumes),
            contacts,
            membership,
            this::post,
            clock,
            scheduler,
            transport.randomness(),
            new Joining.Listener() {
              @Override
              public void dialSeed(String seed) {
                links.dialSeed(seed);
              }

              @Override
              public void admitted(LinkMessage.Joined joined) {
                admit(joined.ringIdentity(), Arcs.of(joined.arcBits()));
                detector.start();
              }

              @Override
              public void joined() {
                ready();
              }

              @Override
              public void failed(RingException why) {
                if (resumes && why instanceof RingException.Unavailable) {
                  resumeAlone(why.getMessage());
                } else {
                  abort(why);
                }
              }
            });
    joining = attempt;
    attempt.start();
  }

  /** The node was in this ring before, and nobody of it answers: it goes on, and looks for them. */
  private void resumeAlone(String why) {
    LOG.info("node {} goes on alone in ring {}: {}", id(), config.ring(), why);
    membership.become(MemberState.ALIVE, "resumed");
    ready();
  }

  private void admit(String identity, Arcs arcs) {
    ringIdentity = identity;
    introduction.ringIdentity(identity);
    membership.arcs(arcs);
  }

  private void ready() {
    if (state != State.JOINING) {
      return;
    }
    state = State.READY;
    detector.start();
    remember();
    scheduler.schedule(TIDY_NANOS, this::tidy);
    LOG.info(
        "node {} listens on {} in ring {} ({}), {} members",
        id(),
        address,
        config.ring(),
        ringIdentity,
        membership.view().members().size());
    started.complete(null);
  }

  private void tidy() {
    if (state == State.CLOSED) {
      return;
    }
    services.tidy();
    links.tidy();
    remember();
    lookForPeers();
    scheduler.schedule(TIDY_NANOS, this::tidy);
  }

  /** A node that resumed alone remembers addresses, not members: nobody else would look there. */
  private void lookForPeers() {
    List<String> contacts = origin.contacts();
    if (state == State.READY && !contacts.isEmpty() && membership.view().members().size() == 1) {
      links.dialSeed(contacts.get(nextContact++ % contacts.size()));
    }
  }

  private void remember() {
    if (store.isPresent()) {
      origin.remember(store.get(), membership.view(), ringIdentity, observer);
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
    return CoreSettings.frameBytesMax(config.settings()) - 1024;
  }

  /** Leaves. Any thread. */
  public CompletionStage<Left> leave() {
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
                        clock,
                        scheduler,
                        config.settings().get(CoreSettings.LEAVE_TIMEOUT),
                        this::goodbye);
                leaving = current;
                state = State.LEAVING;
                Joining attempt = joining;
                if (attempt != null) {
                  attempt.cancel();
                }
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

  private void goodbye() {
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
    Joining attempt = joining;
    if (attempt != null) {
      attempt.cancel();
    }
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

  /** What links say goes to the concern that owns it. */
  private final class LinkDispatch implements LinkEvents {
    @Override
    public void linked(MemberCard card, Json raw) {
      MemberState known = membership.stateOf(card.id());
      if (known == MemberState.DEAD) {
        detector.pong(card.id(), new LinkMessage.Pong(0, membership.digest()));
      }
    }

    @Override
    public void linkMessage(Id from, LinkMessage message) {
      if (message instanceof LinkMessage.Ping ping) {
        detector.ping(from, ping);
      } else if (message instanceof LinkMessage.Pong pong) {
        detector.pong(from, pong);
      } else if (message instanceof LinkMessage.News news) {
        membership.apply(news.entries(), "told by node " + from.shortString());
      } else if (message instanceof LinkMessage.Have have) {
        membership.have(from, have);
      } else if (message instanceof LinkMessage.Want want) {
        membership.want(from, want);
      } else if (message instanceof LinkMessage.Probe probe) {
        detector.probe(from, probe);
      } else if (message instanceof LinkMessage.Probed probed) {
        detector.probed(probed);
      } else if (message instanceof LinkMessage.Join join) {
        letIn(from, join);
      } else if (message instanceof LinkMessage.Settle settle) {
        settle(from, settle);
      } else if (message instanceof LinkMessage.NotUnderstood notUnderstood) {
        observer.trouble(
            id(),
            "node "
                + from.shortString()
                + " did not understand "
                + Printable.text(notUnderstood.what(), 100));
      } else {
        ofJoining(from, message);
      }
    }

    private void ofJoining(Id from, LinkMessage message) {
      Joining attempt = joining;
      if (attempt == null) {
        return;
      }
      if (message instanceof LinkMessage.Joined joined) {
        attempt.joined(joined);
      } else if (message instanceof LinkMessage.NotReady notReady) {
        attempt.notReady(notReady.why());
      } else if (message instanceof LinkMessage.Settled settled) {
        attempt.settled(from, settled);
      }
    }

    private void letIn(Id from, LinkMessage.Join join) {
      if (state != State.READY) {
        links.send(from, new LinkMessage.NotReady(state.toString()));
        return;
      }
      membership.apply(List.of(join.self()), "joins");
      if (membership.stateOf(from) == null) {
        links.send(from, new LinkMessage.NotReady("its table of members is full"));
        return;
      }
      links.send(
          from,
          new LinkMessage.Joined(
              ringIdentity, membership.view().arcs().bits(), membership.entries()));
    }

    private void settle(Id from, LinkMessage.Settle settle) {
      membership.apply(List.of(settle.self()), "joins");
      int perSide = config.settings().get(CoreSettings.LEAFSET_SIDE);
      List<Entry> around = membership.around(from, perSide);
      links.send(from, new LinkMessage.Settled(settle.round(), around));
    }

    @Override
    public void travelling(Id from, Envelope envelope) {
      router.travelling(envelope);
    }

    @Override
    public void unlinked(Id node, String reason, boolean refused) {
      calls.doubt(node);
      detector.unlinked(node, reason, refused);
    }

    @Override
    public void seedFailed(String seed, RingException why) {
      Joining attempt = joining;
      if (attempt != null) {
        attempt.seedFailed(seed, why);
      }
    }

    @Override
    public void seedLinked(String seed, MemberCard card, Json raw, String identity) {
      Joining attempt = joining;
      if (state == State.READY) {
        post(card.id(), new LinkMessage.Ping(0, membership.digest()));
      } else if (attempt != null) {
        attempt.seedLinked(seed, card.id());
      }
    }
  }

  /** What membership finds out goes to routing, services and the observer. */
  private final class ViewDispatch implements ViewListener {
    /** Members whose calls go elsewhere as soon as the view says where. */
    private final List<Id> doubted = new ArrayList<>();

    @Override
    public void memberChanged(MemberEvent event) {
      LOG.debug(
          "{}: {} is {}: {}", id(), event.member().id(), event.member().state(), event.cause());
      observer.memberChanged(id(), event);
      MemberState now = event.member().state();
      if (now == MemberState.SUSPECT || !now.isPresent()) {
        doubted.add(event.member().id());
      }
      if (!now.isPresent() && !event.member().id().equals(id())) {
        links.drop(event.member().id(), "it is " + now);
      }
    }

    @Override
    public void viewChanged(RingView before, RingView after) {
      observer.viewChanged(after);
      Optional<IdRange> had = before.rootRange();
      Optional<IdRange> has = after.rootRange();
      List<IdRange> lost = difference(had, has);
      List<IdRange> gained = difference(has, had);
      for (ByteService service : services.all()) {
        tell(service, lost, gained, after);
      }
    }

    /** A service that throws at a change of the ring fails alone. */
    private void tell(
        ByteService service, List<IdRange> lost, List<IdRange> gained, RingView after) {
      try {
        lost.forEach(service::lost);
        gained.forEach(service::gained);
        service.changed(after);
      } catch (RuntimeException thrown) {
        observer.trouble(
            id(),
            "service '"
                + service.name()
                + "' threw when it was told of a change of the ring: "
                + Printable.text(thrown.toString(), 200));
      }
      List<Id> rerouted = List.copyOf(doubted);
      doubted.clear();
      rerouted.forEach(calls::doubt);
    }

    private List<IdRange> difference(Optional<IdRange> of, Optional<IdRange> minus) {
      if (of.isEmpty()) {
        return List.of();
      }
      return minus.isEmpty() ? List.of(of.get()) : of.get().minus(minus.get());
    }

    @Override
    public void superseded(String why) {
      LOG.error("node {} stops: {}", id(), why);
      observer.trouble(id(), why);
      halt(why);
    }
  }
}
