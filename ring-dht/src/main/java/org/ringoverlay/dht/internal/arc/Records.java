package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.view.RingView;

/**
 * One node's part in the records: takes the requests for the arcs whose root it is, becomes their
 * daddy, and passes on what it holds of arcs whose root is another.
 *
 * <p>On the loop. Bounded by the settings of {@link DhtSettings}.
 */
public final class Records implements RingService<Request> {
  /** The service that clients ask. */
  public static final String SERVICE = "dht";

  static final String COPY_SERVICE = "dht.copy";
  private static final int ARCS_IN_MESSAGE_MAX = 512;

  /** What is kept back of a client's time, so that the answer reaches it before it gives up. */
  private static final long ANSWER_NANOS = 100_000_000;

  private final Ring ring;
  private final Settings settings;
  private final Limits limits;
  private final Shelf shelf;
  private final Copies copies;
  private final CopyPost post;
  private final Upkeep upkeep;
  private final Map<Integer, ArcLeader> leaders = new TreeMap<>();
  private final Map<Integer, List<Id>> quietTakeovers = new LinkedHashMap<>();
  private @Nullable Neighbourhood neighbourhood;
  private @Nullable CompletableFuture<Long> handedOver;
  private boolean sweeping;

  /** Makes a node's part; it begins to work when the node is in the ring. */
  public Records(Ring ring) {
    this.ring = ring;
    this.settings = ring.settings();
    this.limits = DhtSettings.limits(settings);
    DhtSettings.copies(settings);
    this.shelf = new Shelf(settings.get(DhtSettings.RECORDS_MAX));
    this.copies = new Copies(shelf, limits, settings.get(DhtSettings.COPY_REQUESTS_MAX), this);
    this.post = new CopyPost(ring, settings.get(DhtSettings.COPY_TIMEOUT));
    this.upkeep = new Upkeep(ring.scheduler(), ring.clock(), settings.get(DhtSettings.REPAIRS_MAX));
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
    return error instanceof RingException outcome
        ? context.fail(outcome)
        : CompletableFuture.failedFuture(error);
  }

  private CompletionStage<?> take(Request request, Context context) {
    check(request);
    int arc = arcs().indexOf(Keys.id(request));
    if (request instanceof Request.Get get && get.stale()) {
      Request.Found held = peek(get.space(), get.key());
      if (held != null) {
        return CompletableFuture.completedFuture(held);
      }
    }
    Neighbourhood around = refresh();
    Place place = around.place(arc);
    if (!ring.id().equals(place.root())) {
      throw new RingException.NotOwner("This node is not the root of the key.", place.root());
    }
    long now = ring.clock().nanos();
    long timeLeft = context.timeLeft().toNanos();
    var pending =
        new Pending(
            request,
            request instanceof Request.Keyed keyed ? Keys.full(keyed.space(), keyed.key()) : null,
            now + Math.max(timeLeft - ANSWER_NANOS, timeLeft / 2));
    leader(arc, place, now).submit(pending, now);
    return pending.answer();
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
    return held == null ? null : new Cell(key, held).found(refresh().place(arc), 0);
  }

  private ArcLeader leader(int arc, Place place, long nowNanos) {
    ArcLeader present = leaders.get(arc);
    if (present != null) {
      return present;
    }
    int preparing = upkeep.preparing();
    if (preparing >= settings.get(DhtSettings.TAKEOVERS_MAX)) {
      throw new RingException.Refused(
          preparing + " arcs are being taken over already (ring.dht.takeovers.max).");
    }
    return lead(arc, place, nowNanos);
  }

  private ArcLeader lead(int arc, Place place, long nowNanos) {
    var outbox = new LeaderPost(ring, post, upkeep, ended -> leaders.remove(ended.arc(), ended));
    var leader = new ArcLeader(arc, ring.id(), limits, shelf, outbox, place);
    outbox.serve(leader);
    leaders.put(arc, leader);
    List<Id> holding = quietTakeovers.remove(arc);
    if (holding != null) {
      holding.forEach(leader::hear);
    }
    leader.start(nowNanos);
    return leader;
  }

  // ---- what other nodes say

  /** This node's shelf has promised a ballot: whoever leads here under another one is told. */
  void promised(int arc, Ballot ballot) {
    ArcLeader leader = leaders.get(arc);
    if (leader != null && ballot.round() > leader.ballot().round()) {
      leader.outranked(ballot, ring.clock().nanos());
    }
  }

  /**
   * A node says that it holds registers of an arc.
   *
   * @return whether it need not
   */
  boolean holding(int arc, Id node) {
    Neighbourhood around = refresh();
    if (!around.isRoot(arc)) {
      return false;
    }
    ArcLeader leader = leaders.get(arc);
    if (leader != null) {
      if (leader.canRelease(node)) {
        return true;
      }
      leader.hear(node);
      return false;
    }
    List<Id> holders = quietTakeovers.computeIfAbsent(arc, unused -> new ArrayList<>());
    if (!holders.contains(node) && holders.size() < settings.get(DhtSettings.TAKEOVER_ASKED)) {
      holders.add(node);
    }
    upkeep.atNextTick(quietly);
    return false;
  }

  private final Runnable quietly = this::takeOverQuietly;

  private void takeOverQuietly() {
    Neighbourhood around = refresh();
    int room = settings.get(DhtSettings.TAKEOVERS_QUIET) - upkeep.preparing();
    for (int arc : List.copyOf(quietTakeovers.keySet())) {
      if (room <= 0) {
        break;
      }
      Place place = around.place(arc);
      if (!ring.id().equals(place.root()) || leaders.containsKey(arc)) {
        quietTakeovers.remove(arc);
      } else {
        lead(arc, place, ring.clock().nanos());
        room--;
      }
    }
    if (!quietTakeovers.isEmpty()) {
      upkeep.atNextTick(quietly);
    }
  }

  // ---- members

  @Override
  public void changed(RingView view) {
    refresh();
  }

  private Neighbourhood refresh() {
    RingView view = ring.view();
    Neighbourhood present = neighbourhood;
    if (present != null && present.view().version() == view.version()) {
      return present;
    }
    long now = ring.clock().nanos();
    Neighbourhood next =
        present == null
            ? Neighbourhood.of(
                view,
                COPY_SERVICE,
                DhtSettings.copies(settings),
                settings.get(DhtSettings.TAKEOVER_ASKED))
            : present.after(view, now, settings.get(DhtSettings.GONE_REMEMBERED));
    moveTo(next, now);
    if (!sweeping) {
      sweeping = true;
      sweepLater();
    }
    return next;
  }

  private void moveTo(Neighbourhood next, long nowNanos) {
    neighbourhood = next;
    for (ArcLeader leader : List.copyOf(leaders.values())) {
      leader.place(next.place(leader.arc()), next.newcomers(), nowNanos);
    }
    sweep(next);
  }

  private void sweepLater() {
    ring.scheduler()
        .schedule(
            settings.get(DhtSettings.SWEEP_INTERVAL),
            () -> {
              Neighbourhood around = neighbourhood;
              if (around != null) {
                sweep(around);
              }
              sweepLater();
            });
  }

  /** Takes over what this node holds and is root of, and tells other roots what it holds. */
  private void sweep(Neighbourhood around) {
    var elsewhere = new TreeMap<Id, List<Integer>>();
    for (int arc : shelf.held()) {
      Place place = around.place(arc);
      Id root = place.root();
      if (ring.id().equals(root)) {
        if (!leaders.containsKey(arc)) {
          quietTakeovers.computeIfAbsent(arc, unused -> new ArrayList<>());
          upkeep.atNextTick(quietly);
        }
      } else if (root != null
          && (!root.equals(shelf.promised(arc).daddy()) || !place.copies().contains(ring.id()))) {
        elsewhere.computeIfAbsent(root, unused -> new ArrayList<>()).add(arc);
      }
    }
    elsewhere.forEach(
        (root, arcs) -> {
          for (int from = 0; from < arcs.size(); from += ARCS_IN_MESSAGE_MAX) {
            tellHolding(
                root, arcs.subList(from, Math.min(arcs.size(), from + ARCS_IN_MESSAGE_MAX)));
          }
        });
  }

  private void tellHolding(Id root, List<Integer> arcs) {
    var changes = new TreeMap<Integer, Long>();
    arcs.forEach(arc -> changes.put(arc, shelf.changes(arc)));
    post.send(
        root,
        new CopyRequest.Holding(arcs),
        CopyRequest.Held.class,
        reply -> {
          for (int arc : reply.released()) {
            // What came in between may be wanted of this node after all.
            if (changes.getOrDefault(arc, -1L) == shelf.changes(arc)
                && !refresh().place(arc).copies().contains(ring.id())) {
              shelf.release(arc);
            }
          }
        },
        () -> {});
  }

  // ---- leaving

  @Override
  public CompletionStage<Long> leaving() {
    CompletableFuture<Long> begun = handedOver;
    if (begun != null) {
      return begun;
    }
    var future = new CompletableFuture<Long>();
    handedOver = future;
    Neighbourhood without = refresh().withoutSelf();
    moveTo(without, ring.clock().nanos());
    lookWhetherHandedOver(future);
    return future;
  }

  private void lookWhetherHandedOver(CompletableFuture<Long> future) {
    Neighbourhood around = refresh();
    if (!around.isLeaving()) {
      future.complete(0L);
      return;
    }
    boolean level =
        quietTakeovers.isEmpty()
            && leaders.values().stream()
                .filter(leader -> around.isRoot(leader.arc()))
                .allMatch(ArcLeader::isLevel);
    if (level) {
      future.complete(leaders.values().stream().mapToLong(ArcLeader::levelRecords).sum());
    } else {
      upkeep.atNextTick(() -> lookWhetherHandedOver(future));
    }
  }
}
