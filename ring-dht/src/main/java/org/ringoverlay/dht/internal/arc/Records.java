package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.view.Member;
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

  /** Arcs that one turn of the loop looks at, so that others have their turn in between. */
  private static final int PLACED_IN_TURN_MAX = 256;

  /** Takeovers that one turn begins. */
  private static final int TAKEN_IN_TURN_MAX = 16;

  private final Ring ring;
  private final Settings settings;
  private final Limits limits;
  private final Shelf shelf;
  private final Stores stores = new Stores();
  private final Copies copies;
  private final CopyPost post;
  private final Upkeep upkeep;
  private final Directory directory;
  private final Map<Integer, ArcLeader> leaders = new TreeMap<>();

  /** Arcs that this node should be the daddy of, and is not yet. */
  private final TreeSet<Integer> quietTakeovers = new TreeSet<>();

  /** Arcs that are still to be looked at since the members changed. */
  private final ArrayDeque<Integer> toPlace = new ArrayDeque<>();

  /** Whether the members changed once more meanwhile. */
  private boolean placeAgain;

  /** Those that were asked which store they keep, and have not answered. */
  private final TreeSet<Id> greeting = new TreeSet<>();

  private boolean takeOverDue;

  /** Whether this node was in the ring once, so that its shelf knows of which it is. */
  private boolean entered;

  private @Nullable Neighbourhood neighbourhood;
  private @Nullable Departure departure;

  /** Makes a node's part; it begins to work when the node is in the ring. */
  public Records(Ring ring) {
    this.ring = ring;
    this.settings = ring.settings();
    this.limits = DhtSettings.limits(settings);
    DhtSettings.copies(settings);
    this.shelf = new Shelf(journal(ring), settings.get(DhtSettings.RECORDS_MAX));
    this.copies = new Copies(shelf, limits, settings.get(DhtSettings.COPY_REQUESTS_MAX), this);
    this.post = new CopyPost(ring, settings.get(DhtSettings.COPY_TIMEOUT), limits.batchBytesMax());
    this.upkeep =
        new Upkeep(
            ring.scheduler(),
            ring.clock(),
            settings.get(DhtSettings.REPAIRS_MAX),
            settings.get(DhtSettings.MOVES_MAX));
    this.directory =
        new Directory(
            ring,
            shelf,
            post,
            settings.get(DhtSettings.LOCATE_ASKED),
            settings.get(DhtSettings.COPY_TIMEOUT));
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

  Arcs arcs() {
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
    enter();
    int arc = arcs().indexOf(Keys.id(request));
    if (request instanceof Request.Get get && get.stale()) {
      Request.Found held = peek(get.space(), get.key());
      if (held != null) {
        return CompletableFuture.completedFuture(held);
      }
    }
    Neighbourhood around = refresh();
    long now = ring.clock().nanos();
    long timeLeft = context.timeLeft().toNanos();
    long deadline = now + Math.max(timeLeft - ANSWER_NANOS, timeLeft / 2);
    // Whoever passed a request on has looked who should be the daddy.
    boolean passedOn = context.target().equals(ring.id());
    Configuration configuration = shelf.configuration(arc);
    boolean member = configuration != null && configuration.has(shelf.self());
    if (leaders.containsKey(arc) || (member && passedOn)) {
      return lead(arc, request, deadline);
    }
    if (configuration != null && member && !passedOn && !mayDecide(configuration)) {
      // Perhaps others decide since long, and this node was not told.
      return directory
          .find(arc, around)
          .thenCompose(found -> passOn(arc, request, refresh().preferred(arc, found), deadline));
    }
    if (passedOn) {
      throw new RingException.NotOwner("This node does not keep the key's arc.", null);
    }
    if (configuration != null) {
      return passOn(arc, request, around.preferred(arc, configuration), deadline);
    }
    return directory
        .find(arc, around)
        .thenCompose(found -> passOn(arc, request, refresh().preferred(arc, found), deadline));
  }

  private CompletionStage<Object> lead(int arc, Request request, long deadline) {
    long now = ring.clock().nanos();
    var pending =
        new Pending(
            request,
            request instanceof Request.Keyed keyed ? Keys.full(keyed.space(), keyed.key()) : null,
            deadline);
    leader(arc, now).submit(pending, now);
    return pending.answer();
  }

  /** Has the first of these answer that can. */
  private CompletionStage<Object> passOn(int arc, Request request, List<Id> nodes, long deadline) {
    long left = deadline - ring.clock().nanos();
    if (nodes.isEmpty() || left <= 0) {
      var unused = directory.find(arc, refresh());
      return CompletableFuture.failedFuture(
          new RingException.Unavailable("No member of the key's arc answers."));
    }
    Id node = nodes.get(0);
    if (node.equals(ring.id())) {
      return lead(arc, request, deadline);
    }
    boolean changes = request instanceof Request.Change;
    AskOptions options =
        AskOptions.defaults()
            .within(Duration.ofNanos(Math.min(left, settings.get(DhtSettings.FORWARD_TIMEOUT))))
            .directly();
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
      Keys.checkSpace(keyed.space());
      Keys.checkKey(keyed.key());
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
    return new Cell(key, held)
        .found(configuration.members().size(), DhtSettings.copies(settings), 0);
  }

  private ArcLeader leader(int arc, long nowNanos) {
    ArcLeader present = leaders.get(arc);
    if (present != null) {
      return present;
    }
    int preparing = upkeep.preparing();
    if (preparing >= settings.get(DhtSettings.TAKEOVERS_MAX)) {
      throw new RingException.Refused(
          preparing + " arcs are being taken over already (ring.dht.takeovers.max).");
    }
    return lead(arc, nowNanos);
  }

  private ArcLeader lead(int arc, long nowNanos) {
    quietTakeovers.remove(arc);
    var outbox =
        new LeaderPost(ring, shelf, post, upkeep, ended -> leaders.remove(ended.arc(), ended));
    var leader = new ArcLeader(arc, limits, shelf, stores, outbox, place(arc));
    outbox.serve(leader);
    leaders.put(arc, leader);
    leader.start(nowNanos);
    return leader;
  }

  private Place place(int arc) {
    ArcLeader leader = leaders.get(arc);
    Configuration configuration = leader == null ? null : leader.configuration();
    if (configuration == null) {
      configuration = shelf.configuration(arc);
    }
    List<Voter> members = configuration == null ? List.of() : configuration.voters();
    if (leader != null && !leader.concerned().isEmpty()) {
      members = leader.concerned();
    }
    return around().place(arc, members, ring.clock().nanos());
  }

  // ---- what other nodes say

  /** Whatever is asked of this node's shelf comes after the node is in a ring. */
  void enter() {
    if (!entered) {
      refresh();
    }
    if (!entered) {
      throw new RingException.Unavailable("This node is in no ring yet.");
    }
  }

  /** This node's shelf has promised a ballot: whoever leads here under another one is told. */
  void promised(int arc, Ballot ballot) {
    ArcLeader leader = leaders.get(arc);
    if (leader != null && ballot.round() > leader.ballot().round()) {
      leader.outranked(ballot, ring.clock().nanos());
    }
  }

  /** This node has heard of a configuration of an arc. */
  void configured(int arc) {
    if (shouldLead(arc)) {
      quietTakeovers.add(arc);
      takeOverSoon(true);
    }
  }

  /** A member is about to leave. */
  void leaves(Id node) {
    refresh();
    if (around().leaves(node)) {
      placeAll();
    }
  }

  /** Whether this node is the member that should be the daddy of an arc, and is not. */
  private boolean shouldLead(int arc) {
    Configuration configuration = shelf.configuration(arc);
    if (configuration == null || leaders.containsKey(arc) || !configuration.has(shelf.self())) {
      return false;
    }
    boolean idle =
        around().isAlone()
            && configuration.voters().equals(List.of(shelf.self()))
            && !shelf.expires(arc);
    return !idle
        && ring.id().equals(around().daddy(arc, configuration))
        && mayDecide(configuration);
  }

  /** Whether a configuration is the one under which this node leads the arc, and decided. */
  boolean isDecided(int arc, Configuration configuration) {
    ArcLeader leader = leaders.get(arc);
    return leader != null && leader.isDecided(configuration);
  }

  /** Whether so many members answer, as far as this node knows, that they can decide. */
  private boolean mayDecide(Configuration configuration) {
    var answering = new ArrayList<>(configuration.voters());
    answering.removeIf(
        voter ->
            !voter.equals(shelf.self())
                && (stores.isReplaced(voter) || !around().answers(voter.node())));
    return configuration.isQuorum(answering);
  }

  private void takeOverSoon(boolean room) {
    if (!takeOverDue && !quietTakeovers.isEmpty()) {
      takeOverDue = true;
      if (room) {
        ring.scheduler().execute(this::takeOverQuietly);
      } else {
        upkeep.atNextTick(this::takeOverQuietly);
      }
    }
  }

  private void takeOverQuietly() {
    takeOverDue = false;
    refresh();
    int room = settings.get(DhtSettings.TAKEOVERS_QUIET) - upkeep.preparing();
    int begun = 0;
    int looked = 0;
    while (begun < Math.min(room, TAKEN_IN_TURN_MAX) && looked < PLACED_IN_TURN_MAX) {
      Integer arc = quietTakeovers.pollFirst();
      if (arc == null) {
        break;
      }
      looked++;
      if (shouldLead(arc)) {
        lead(arc, ring.clock().nanos());
        begun++;
      }
    }
    takeOverSoon(begun < room);
  }

  // ---- members

  @Override
  public void changed(RingView view) {
    refresh();
  }

  private Neighbourhood around() {
    Neighbourhood present = neighbourhood;
    return present == null ? refresh() : present;
  }

  private Neighbourhood refresh() {
    RingView view = ring.view();
    long now = ring.clock().nanos();
    Neighbourhood present = neighbourhood;
    if (!entered && !ring.identity().isEmpty()) {
      entered = true;
      shelf.enter(ring.identity(), ring.randomness().nextLong());
      if (ring.isFounder()) {
        shelf.found(view.arcs().count());
      }
      stores.heard(shelf.self().node(), shelf.self().store());
    }
    if (present == null) {
      present =
          new Neighbourhood(
              view,
              COPY_SERVICE,
              DhtSettings.copies(settings),
              settings.get(DhtSettings.SETTLED),
              settings.get(DhtSettings.GONE),
              now);
      neighbourhood = present;
      greet(present);
      sweepLater();
    } else if (present.view().version() != view.version()) {
      present.move(view, now).forEach(stores::forget);
      greet(present);
      placeAll();
    }
    return present;
  }

  /** Asks the members near this node which stores they keep. */
  private void greet(Neighbourhood present) {
    for (Member member : present.nearest(ring.id(), settings.get(DhtSettings.LOCATE_ASKED))) {
      Id node = member.id();
      if ((stores.of(node) == null || !present.isKnown(node)) && greeting.add(node)) {
        post.send(
            node,
            new CopyRequest.Locate(List.of(), false),
            CopyReply.Located.class,
            reply -> {
              greeting.remove(node);
              stores.heard(node, reply.store());
              around().keeps(node, reply.durable());
              placeAll();
            },
            () -> greeting.remove(node));
      }
    }
  }

  /** Looks at all arcs, a few in each turn, those that hold records first. */
  private void placeAll() {
    if (toPlace.isEmpty()) {
      gatherToPlace();
      ring.scheduler().execute(this::placeSome);
    } else {
      placeAgain = true;
    }
  }

  private void gatherToPlace() {
    var arcs = new TreeSet<>(leaders.keySet());
    arcs.addAll(shelf.voiced());
    var empty = new ArrayList<Integer>();
    for (int arc : arcs) {
      if (shelf.records(arc) == 0) {
        empty.add(arc);
      } else {
        toPlace.add(arc);
      }
    }
    toPlace.addAll(empty);
  }

  private void placeSome() {
    long now = ring.clock().nanos();
    for (int placed = 0; placed < PLACED_IN_TURN_MAX && !toPlace.isEmpty(); placed++) {
      int arc = toPlace.remove();
      ArcLeader leader = leaders.get(arc);
      if (leader == null) {
        configured(arc);
      } else {
        leader.place(place(arc), now);
      }
    }
    if (toPlace.isEmpty() && placeAgain) {
      placeAgain = false;
      gatherToPlace();
    }
    if (!toPlace.isEmpty()) {
      ring.scheduler().execute(this::placeSome);
    }
  }

  private void sweepLater() {
    ring.scheduler()
        .schedule(
            settings.get(DhtSettings.SWEEP_INTERVAL),
            () -> {
              greet(around());
              placeAll();
              sweepLater();
            });
  }

  // ---- leaving

  /**
   * A node that comes back with its copies keeps its place; of a pair the other one could not go on
   * without it, so there it leaves.
   */
  @Override
  public CompletionStage<Long> stopping() {
    boolean pairs =
        refresh().isPair()
            && shelf.voiced().stream().map(shelf::configuration).anyMatch(Records::isPair);
    return shelf.isDurable() && !pairs ? CompletableFuture.completedFuture(0L) : leaving();
  }

  private static boolean isPair(@Nullable Configuration configuration) {
    return configuration != null && configuration.voters().size() == 2;
  }

  @Override
  public CompletionStage<Long> leaving() {
    Departure begun = departure;
    if (begun == null) {
      begun = new Departure(ring, shelf, post, upkeep, refresh());
      departure = begun;
      leaves(ring.id());
      begun.begin(leaders::containsKey);
    }
    return begun.handedOver();
  }
}
