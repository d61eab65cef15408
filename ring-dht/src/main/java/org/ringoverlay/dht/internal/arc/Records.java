package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.dht.internal.wire.Charter;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
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
  private final Directory directory;
  private final Lister lister;
  private final Listings listings;
  private final Comparisons comparisons;

  /** Questions that wait for a change, at this node or at one to which they were passed on. */
  private final ArrayList<CompletableFuture<Object>> heldQuestions = new ArrayList<>();

  private @Nullable HandOver handOver;
  private final WatchDesk desk;
  private final Lookouts lookouts;
  private final Salvage salvage;
  private final Losses losses;
  private @Nullable Departure departure;

  /** Whether it looks now and then who keeps what the dead had kept. */
  private boolean sweeping;

  /** Questions of watchers that wait at this node. */
  private int watching;

  /** Watches that this node's callers have. */
  private int watches;

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
    this.directory =
        new Directory(
            ring,
            shelf,
            post,
            settings.get(DhtSettings.LOCATE_ASKED),
            settings.get(DhtSettings.COPY_TIMEOUT));
    this.lister = new Lister(ring, shelf, leaders, limits.batchBytesMax());
    this.listings = new Listings(ring, shelf, leaders, directory, limits.batchBytesMax());
    this.desk = new WatchDesk(ring, shelf, leaders, limits.batchBytesMax());
    this.salvage = new Salvage(ring, shelf, leaders, post, limits);
    this.losses = new Losses(ring, leaders);
    this.lookouts = new Lookouts(ring, shelf, leaders, directory, limits.batchBytesMax());
    this.comparisons = new Comparisons(ring, shelf, leaders, post);
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

  private static Throwable unwrap(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  private CompletionStage<?> take(Request request, Context context) {
    check(request);
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
    if (!(request instanceof Request.Watch watch)) {
      return route(request, context);
    }
    if (handOver != null) {
      throw new RingException.NotOwner("This node is about to go: another one waits.", null);
    }
    // What nodes ask for themselves must not lose its place to what callers watch.
    return held(
        watch.space().equals(Keys.RING_SPACE)
            ? route(request, context)
            : counted(() -> route(request, context)));
  }

  /** A question that waits for a change does not keep the node from going. */
  private CompletionStage<?> held(CompletionStage<?> question) {
    var answer = new CompletableFuture<Object>();
    heldQuestions.add(answer);
    question.whenComplete(
        (seen, failed) -> {
          heldQuestions.removeIf(each -> each == answer);
          if (failed == null) {
            answer.complete(seen);
          } else {
            answer.completeExceptionally(unwrap(failed));
          }
        });
    return answer;
  }

  /** A question that waits long must not take the place of those that are answered at once. */
  private CompletionStage<?> counted(Supplier<CompletionStage<?>> question) {
    int max = settings.get(DhtSettings.WATCHES_MAX);
    if (watching >= max) {
      throw new RingException.Refused(
          watching + " watchers wait at this node already (ring.dht.watches.max).");
    }
    CompletionStage<?> answer = question.get();
    watching++;
    return answer.whenComplete((seen, failed) -> watching--);
  }

  private CompletionStage<?> route(Request request, Context context) {
    int arc = arcs().indexOf(Keys.id(request));
    if (request instanceof Request.Get get && get.stale()) {
      Request.Found held = peek(get.space(), get.key());
      if (held != null) {
        return CompletableFuture.completedFuture(held);
      }
    }
    Neighbourhood around = leaders.refresh();
    long deadline = deadline(context);
    // Whoever passed a request on has looked who should be the daddy.
    boolean passedOn = context.target().equals(ring.id());
    Configuration configuration = shelf.configuration(arc);
    boolean member = configuration != null && configuration.has(shelf.self());
    if (passedOn
        && configuration != null
        && configuration.voters().size() > 1
        && !leaders.homecoming().isOver()) {
      throw new RingException.NotOwner("This node has come back, and does not lead yet.", null);
    }
    if (leaders.has(arc)
        || (configuration != null
            && member
            && passedOn
            && !leaders.isLedByAnother(arc, configuration))) {
      return lead(arc, request, deadline);
    }
    if (configuration != null && member && !passedOn && !leaders.mayDecide(configuration)) {
      // Perhaps others decide since long, and this node was not told.
      return directory
          .find(arc, around)
          .thenCompose(found -> passOn(arc, request, leaders.preferred(arc, found), deadline));
    }
    if (passedOn) {
      throw new RingException.NotOwner("This node does not lead the key's arc.", null);
    }
    if (configuration != null) {
      return passOn(arc, request, leaders.preferred(arc, configuration), deadline);
    }
    return directory
        .find(arc, around)
        .thenCompose(found -> passOn(arc, request, leaders.preferred(arc, found), deadline));
  }

  private long deadline(Context context) {
    long timeLeft = context.timeLeft().toNanos();
    return ring.clock().nanos() + Math.max(timeLeft - ANSWER_NANOS, timeLeft / 2);
  }

  private CompletionStage<Object> lead(int arc, Request request, long deadline) {
    if (!leaders.homecoming().isOver()) {
      return leaders.homecoming().over().thenCompose(unused -> lead(arc, request, deadline));
    }
    if (request instanceof Request.Put put
        && charters.isAwaited()
        && !put.space().equals(Keys.RING_SPACE)) {
      return charters
          .awaited()
          .thenCompose(
              known -> {
                Configuration members = shelf.configuration(arc);
                if (!leaders.has(arc) && members != null && leaders.isLedByAnother(arc, members)) {
                  throw new RingException.NotOwner("Another node leads the key's arc now.", null);
                }
                return leadNow(arc, request, deadline);
              });
    }
    return leadNow(arc, request, deadline);
  }

  private CompletionStage<Object> leadNow(int arc, Request request, long deadline) {
    long now = ring.clock().nanos();
    var pending =
        new Pending(
            request,
            request instanceof Request.Keyed keyed ? Keys.full(keyed.space(), keyed.key()) : null,
            deadline);
    leaders.leader(arc, now).submit(pending, now);
    return pending.answer();
  }

  /** Has the first of these answer that can. */
  private CompletionStage<Object> passOn(int arc, Request request, List<Id> nodes, long deadline) {
    long left = deadline - ring.clock().nanos();
    if (nodes.isEmpty() || left <= 0) {
      var unused = directory.find(arc, leaders.refresh());
      return CompletableFuture.failedFuture(
          new RingException.Unavailable("No member of the key's arc answers."));
    }
    Id node = nodes.get(0);
    if (node.equals(ring.id())) {
      return lead(arc, request, deadline);
    }
    boolean changes = request instanceof Request.Change;
    long patience = settings.get(DhtSettings.FORWARD_TIMEOUT);
    if (request instanceof Request.Watch watch) {
      patience += TimeUnit.MILLISECONDS.toNanos(watch.holdMillis());
    }
    AskOptions options =
        AskOptions.defaults().within(Duration.ofNanos(Math.min(left, patience))).directly();
    return ring.ask(SERVICE, node, request, Json.class, changes ? options : options.reading())
        .<Object>thenApply(reply -> reply.merge(new Request.PassedOn(node)))
        .exceptionallyCompose(
            error -> {
              Throwable cause = unwrap(error);
              if (cause instanceof RingException.NotOwner
                  || cause instanceof RingException.NoRoute) {
                return passOn(arc, request, nodes.subList(1, nodes.size()), deadline);
              }
              return CompletableFuture.failedFuture(
                  cause instanceof RingException.Timeout
                      ? new RingException.Unavailable(
                          "The daddy of the key's arc, node "
                              + node.shortString()
                              + ", gave no answer in time.")
                      : cause);
            });
  }

  private void check(Request request) {
    if (request instanceof Request.Where where && where.id() == null) {
      throw new RingException.InvalidInput("A question for an arc names an ID.");
    }
    if (request instanceof Request.Keyed keyed) {
      if (keyed.space() == null || keyed.key() == null) {
        throw new RingException.InvalidInput("A request names a namespace and a key.");
      }
      Keys.checkKey(keyed.key());
      if (keyed.space().equals(Keys.RING_SPACE)) {
        checkOwn(keyed);
      } else {
        Keys.checkSpace(keyed.space());
      }
    }
    if (request instanceof Request.Watch watch
        && (watch.after() < Request.Watch.FROM_NOW
            || watch.after() > Versions.MAX
            || watch.holdMillis() < 0
            || watch.holdMillis() > Request.Watch.HOLD_MILLIS_MAX)) {
      throw new RingException.InvalidInput("A watch names a version and how long it waits.");
    }
    if (request instanceof Request.Put put) {
      if (put.value() == null) {
        throw new RingException.InvalidInput("A put brings a value.");
      }
      checkValue(put.value().size());
      if (put.ttlMillis() < 0 || put.ttlMillis() > Request.Put.TTL_MILLIS_MAX) {
        throw new RingException.InvalidInput("A time to live is 1 ms to 100 years.");
      }
    }
    if (request instanceof Request.Change change
        && (change.operation() == null
            || !isOperation(change.operation())
            || change.seen() < 0
            || change.condition() == null
            || change.condition().kind() == null
            || change.acknowledge() == null)) {
      throw new RingException.InvalidInput("A change names its operation and its condition.");
    }
  }

  /** Whoever changes the ring's settings, by whatever way, leaves settings there. */
  private static void checkOwn(Request.Keyed request) {
    if (!request.key().equals(Charters.KEY)) {
      throw new RingException.InvalidInput("The ring has no such record of its own.");
    }
    if (request instanceof Request.Put put && put.value() != null) {
      put.value().as(Charter.class).check();
    }
    if (request instanceof Request.Delete
        || (request instanceof Request.Put put && put.ttlMillis() != 0)) {
      throw new RingException.InvalidInput("The settings of the ring are changed, and stay.");
    }
  }

  /** What an idempotency key may be, and the prefix that tells whose name it is. */
  private static boolean isOperation(String operation) {
    return !operation.isEmpty()
        && operation.length() <= OperationWindow.ID_CHARS_MAX
        && operation.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  /** Checks the size of a value. */
  public void checkValue(int sizeBytes) {
    long max = settings.get(DhtSettings.VALUE_MAX);
    if (sizeBytes > max) {
      throw RingException.InvalidInput.tooLarge(
          "A value has at most "
              + max
              + " bytes (ring.dht.value.max), this one has "
              + sizeBytes
              + ".");
    }
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
   * One more watch of this node's callers. On the loop.
   *
   * @throws RingException.Refused if there are as many as there may be
   */
  public void beginWatch() {
    int max = settings.get(DhtSettings.WATCHES_MAX);
    if (watches >= max) {
      throw new RingException.Refused(
          "This node has " + watches + " watches already (ring.dht.watches.max).");
    }
    watches++;
  }

  /** One less. On the loop. */
  public void endWatch() {
    watches--;
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
      for (CompletableFuture<Object> question : List.copyOf(heldQuestions)) {
        question.completeExceptionally(
            new RingException.NotOwner("This node is about to go: another one waits.", null));
      }
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
            unused -> {
              Departure begun = departure;
              if (begun == null) {
                begun = new Departure(ring, shelf, post, upkeep, leaders.refresh());
                departure = begun;
                leaders.leaves(ring.id());
                begun.begin(leaders::has);
              }
              return begun.handedOver();
            });
  }
}
