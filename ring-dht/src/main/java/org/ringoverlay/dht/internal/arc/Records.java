package org.ringoverlay.dht.internal.arc;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.view.RingView;

/**
 * One node's part in the records: takes requests, passes on those for arcs whose daddy is another,
 * and becomes the daddy of the arcs of which it is the member that should.
 *
 * <p>On the loop. Bounded by the settings of {@link DhtSettings}.
 */
public final class Records implements RingService<Request> {
  /** The service that clients ask. */
  public static final String SERVICE = "dht";

  static final String COPY_SERVICE = "dht.copy";

  /** What is kept back of a client's time, so that the answer reaches it before it gives up. */
  private static final long ANSWER_NANOS = 100_000_000;

  /**
   * Between others leading this node's arcs and their doing without it: each makes writers wait a
   * little, and none is to wait for both.
   */
  private static final long DEPARTURE_PAUSE_NANOS = 200_000_000;

  private final Ring ring;
  private final Settings settings;
  private final Shelf shelf;
  private final CopyPost post;
  private final Upkeep upkeep;
  private final Leases leases;
  private final Charters charters;
  private final Leaders leaders;
  private final Copies copies;
  private final Churn churn;
  private final Admission admission;
  private final Routing routing;
  private final WatchPlaces watchPlaces;
  private final Lister lister;
  private final Listings listings;
  private final Comparisons comparisons;
  private final CollectionRounds collections;

  private @Nullable HandOver handOver;
  private final WatchDesk desk;
  private final Lookouts lookouts;
  private final Salvage salvage;
  private final Losses losses;
  private @Nullable Departure departure;

  /** Whether it looks now and then who keeps what the dead had kept. */
  private boolean sweeping;

  private @Nullable Verification verification;

  /** Makes a node's part; it begins to work when the node is in the ring. */
  public Records(Ring ring) {
    this.ring = ring;
    this.settings = ring.settings();
    Limits limits = DhtSettings.limits(settings);
    this.charters = new Charters(ring, DhtSettings.copies(settings));
    boolean leased = settings.get(DhtSettings.LEASES);
    var grants = new Grants(ring.clock(), leased);
    long session = ring.randomness().nextLong();
    Journal journal = journal(ring);
    var witness = new Witness(journal);
    this.shelf = new Shelf(journal, grants, settings.get(DhtSettings.RECORDS_MAX));
    this.post =
        new CopyPost(ring, settings.get(DhtSettings.COPY_TIMEOUT), limits.batchBytesMax(), witness);
    this.upkeep =
        new Upkeep(
            ring.scheduler(),
            ring.clock(),
            settings.get(DhtSettings.REPAIRS_MAX),
            settings.get(DhtSettings.MOVES_MAX));
    this.leases =
        new Leases(
            ring.clock(),
            ring.scheduler(),
            (node, request, answered, failed) ->
                post.send(node, request, CopyReply.Leased.class, answered, failed),
            session,
            leased);
    this.leaders = new Leaders(ring, limits, shelf, post, upkeep, leases, charters);
    witness.whenOlder(leaders::renew);
    this.churn = new Churn(COPY_SERVICE, settings.get(DhtSettings.GONE), ring.clock().nanos());
    this.copies =
        new Copies(
            shelf,
            limits,
            settings.get(DhtSettings.COPY_REQUESTS_MAX),
            leaders,
            grants,
            new Inspector(shelf, ring.scheduler()),
            witness,
            session);
    this.admission = new Admission(settings.get(DhtSettings.VALUE_MAX));
    this.watchPlaces = new WatchPlaces(settings.get(DhtSettings.WATCHES_MAX));
    var directory =
        new Directory(
            ring,
            shelf,
            post,
            settings.get(DhtSettings.LOCATE_ASKED),
            settings.get(DhtSettings.COPY_TIMEOUT));
    this.routing = new Routing(ring, shelf, leaders, directory, charters);
    this.lister = new Lister(ring, shelf, leaders, limits.batchBytesMax());
    this.listings = new Listings(ring, shelf, leaders, directory, limits.batchBytesMax());
    this.desk = new WatchDesk(ring, shelf, leaders, limits.batchBytesMax());
    this.salvage = new Salvage(ring, shelf, leaders, post, limits);
    this.losses = new Losses(ring, leaders);
    this.lookouts = new Lookouts(ring, shelf, leaders, directory, limits.batchBytesMax());
    this.comparisons = new Comparisons(ring, shelf, leaders, post);
    this.collections = new CollectionRounds(ring, leaders);
    var unused = ring.closed().thenRun(this::closed);
  }

  private void closed() {
    Verification begun = verification;
    if (begun != null) {
      begun.fail(new RingException.Closed("The node closed."));
    }
  }

  /** In memory a store is made with each start of the node. */
  private static Journal journal(Ring ring) {
    long fresh = ring.randomness().nextLong();
    return ring.table("dht")
        .map(
            table ->
                Journal.of(
                    table, ring.id(), fresh, () -> ring.view().arcs().bits(), ring.scheduler()))
        .orElseGet(() -> Journal.inMemory(new Voter(ring.id(), fresh), ring.scheduler()));
  }

  /** The services to register. */
  public List<RingService<?>> services() {
    return List.of(this, copies);
  }

  @Override
  public String name() {
    return SERVICE;
  }

  @Override
  public Class<Request> requestType() {
    return Request.class;
  }

  @Override
  public int inFlightMax() {
    return settings.get(DhtSettings.REQUESTS_MAX);
  }

  private Arcs arcs() {
    return ring.view().arcs();
  }

  // ---- requests

  @Override
  public CompletionStage<?> handle(Request request, Context context) {
    try {
      return take(request, context).exceptionallyCompose(error -> said(error, context));
    } catch (RingException refused) {
      return context.fail(refused);
    }
  }

  /** A leader's errors are outcomes of the request, and say rightly whether something changed. */
  private static <R> CompletionStage<R> said(Throwable error, Context context) {
    Throwable cause = unwrap(error);
    return cause instanceof RingException outcome
        ? context.fail(outcome)
        : CompletableFuture.failedFuture(cause);
  }

  /** What failed, without what wraps it. */
  static Throwable unwrap(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  private CompletionStage<?> take(Request request, Context context) {
    admission.check(request);
    leaders.enter();
    if (request instanceof Request.ListKeys list) {
      return lister.answer(list, deadline(context));
    }
    if (request instanceof Request.Tally) {
      return CompletableFuture.completedFuture(leaders.tally());
    }
    if (request instanceof Request.WatchArcs question) {
      return desk.answer(question, deadline(context));
    }
    if (request instanceof Request.Inventory || request instanceof Request.Salvage) {
      leaders.homecoming().checkOver();
    }
    if (request instanceof Request.Inventory inventory) {
      return CompletableFuture.completedFuture(salvage.inventory(inventory));
    }
    if (request instanceof Request.Salvage go) {
      return salvage.salvage(go, deadline(context));
    }
    if (request instanceof Request.Get get && get.stale()) {
      Request.Found held = peek(get.space(), get.key());
      if (held != null) {
        return CompletableFuture.completedFuture(held);
      }
    }
    long deadline = deadline(context);
    if (!(request instanceof Request.Watch watch)) {
      return routing.route(request, context, deadline);
    }
    if (handOver != null) {
      throw new RingException.NotOwner("This node is about to go: another one waits.", null);
    }
    // What nodes ask for themselves must not lose its place to what callers watch.
    return watchPlaces.held(
        watch.space().equals(Keys.RING_SPACE)
            ? routing.route(request, context, deadline)
            : watchPlaces.counted(() -> routing.route(request, context, deadline)));
  }

  private long deadline(Context context) {
    long timeLeft = context.timeLeft().toNanos();
    return ring.clock().nanos() + Math.max(timeLeft - ANSWER_NANOS, timeLeft / 2);
  }

  /** What this node itself holds of a key, which may be old; null if it holds nothing of it. */
  public Request.@Nullable Found peek(String space, String key) {
    int arc = arcs().indexOf(Keys.id(space, key));
    Register held = shelf.register(arc, Keys.full(space, key));
    Configuration configuration = shelf.configuration(arc);
    if (held == null || configuration == null) {
      return null;
    }
    return new Cell(key, held).found(configuration.members().size(), charters.copies(), 0);
  }

  /** What this node knows of the ring's settings. */
  public Charters charters() {
    return charters;
  }

  /**
   * The keys of a namespace that begin with a prefix and come after a position, as the daddies of
   * all arcs tell them. On the loop.
   *
   * @param deadlineNanos when, by the node's clock, to give up
   * @return fails with {@code Refused}, or {@code Unavailable} if not every arc could be listed
   */
  public CompletionStage<Listings.Page> list(
      String space, String prefix, String after, int keysMax, long deadlineNanos) {
    leaders.enter();
    return listings.list(space, prefix, after, keysMax, deadlineNanos);
  }

  /**
   * Compares all copies of some arcs. On the loop.
   *
   * @param from the first arc
   * @param deadlineNanos when, by the node's clock, to give up
   */
  public CompletionStage<Verification.Result> verify(int from, long deadlineNanos) {
    leaders.enter();
    int count = arcs().count();
    if (from < 0 || from >= count) {
      throw new RingException.InvalidInput(
          "The ring has arcs 0 to " + (count - 1) + ", and none of number " + from + ".");
    }
    if (verification != null) {
      throw new RingException.Refused("This node verifies copies already.");
    }
    var some = new BitSet();
    some.set(from, Math.min(count, from + Verification.ARCS_MAX));
    int nearest = settings.get(DhtSettings.LOCATE_ASKED);
    var begun = new Verification(ring, shelf, leaders, nearest, some, deadlineNanos);
    verification = begun;
    return begun.begin().whenComplete((result, failed) -> verification = null);
  }

  /**
   * Finds the arcs that have lost their majority, or has their survivors go on. On the loop.
   *
   * @param lost the nodes that are given up
   * @param arcs the arcs to look at; empty for all
   * @param confirmed whether to go on, and not only to tell
   * @return fails with {@code Unavailable} if a node of the ring does not say what it keeps
   * @throws RingException.InvalidInput if one of the nodes is in the ring
   */
  public CompletionStage<List<Losses.Loss>> recover(
      Collection<Id> lost, Collection<Integer> arcs, boolean confirmed, long deadlineNanos) {
    leaders.enter();
    return losses.recover(lost, arcs, confirmed, deadlineNanos);
  }

  /**
   * Watches all keys with a prefix. On the loop.
   *
   * @param after a bookmark; null to be told what comes from now on; empty for the present values
   *     and then what comes
   * @return completes when it stands. Fails with {@code Unavailable} if not every arc could be
   *     reached
   * @throws RingException.Refused if this node has as many as it may
   * @throws RingException.InvalidInput if it is no bookmark
   */
  public CompletionStage<Lookout> watchPrefix(
      String space, String prefix, @Nullable String after, Lookout.Listener listener) {
    leaders.enter();
    return lookouts.begin(space, prefix, after, listener);
  }

  /**
   * Checks the size of a value.
   *
   * @throws RingException.InvalidInput if it is larger than a value may be
   */
  public void checkValue(int sizeBytes) {
    admission.checkValue(sizeBytes);
  }

  /** The places of watches at this node. */
  public WatchPlaces watchPlaces() {
    return watchPlaces;
  }

  /** How many tombstones this node holds, of arcs in which it has a voice. On the loop. */
  public long tombstones() {
    return shelf.tombstones();
  }

  /** How many tombstones it has dropped because all copies were equal. On the loop. */
  public long tombstonesDropped() {
    return shelf.floors().dropped();
  }

  /** How often the floor of an arc rose here. On the loop. */
  public long floorsRaised() {
    return shelf.floors().raised();
  }

  /** What this node has seen of the deaths of others. On the loop. */
  public Churn.Seen seenOfDeaths() {
    return churn.seen(ring.clock().nanos());
  }

  private void sweep() {
    churn.sweep(leaders.members(), ring.clock().nanos());
    sweepLater();
  }

  private void sweepLater() {
    ring.scheduler().schedule(settings.get(DhtSettings.SWEEP_INTERVAL), this::sweep);
  }

  @Override
  public void changed(RingView view) {
    leaders.refresh();
    if (!sweeping) {
      sweeping = true;
      sweepLater();
    }
    churn.view(view, ring.clock().nanos());
    comparisons.begin();
    collections.begin();
  }

  // ---- leaving

  /**
   * A node that comes back with its copies keeps its place; of a pair the other one could not go on
   * without it, so there it leaves.
   */
  @Override
  public CompletionStage<Long> stopping() {
    boolean pairs =
        leaders.refresh().isPair()
            && shelf.voiced().stream().map(shelf::configuration).anyMatch(Records::isPair);
    return shelf.isDurable() && !pairs ? handedOver() : leaving();
  }

  /** Others lead what this node led, as far as they can. */
  private CompletionStage<Long> handedOver() {
    HandOver begun = handOver;
    if (begun == null) {
      leases.end();
      begun = new HandOver(leaders, post, upkeep, ring.clock());
      handOver = begun;
      watchPlaces.turnAway();
      begun.begin();
    }
    return begun.done();
  }

  private static boolean isPair(@Nullable Configuration configuration) {
    return configuration != null && configuration.voters().size() == 2;
  }

  @Override
  public CompletionStage<Long> leaving() {
    return handedOver()
        .thenCompose(
            arcs -> {
              Departure begun = departure;
              if (begun == null) {
                begun = new Departure(ring, shelf, post, upkeep, leaders.refresh());
                departure = begun;
                depart(begun, arcs > 0 ? DEPARTURE_PAUSE_NANOS : 0);
              }
              return begun.handedOver();
            });
  }

  private void depart(Departure begun, long pauseNanos) {
    ring.scheduler()
        .schedule(
            pauseNanos,
            () -> {
              leaders.leaves(ring.id());
              begun.begin(leaders::has);
            });
  }
}
