package org.ringoverlay.console.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.ringoverlay.Answer;
import org.ringoverlay.Route;
import org.ringoverlay.ServiceStatus;
import org.ringoverlay.console.events.EventLog;
import org.ringoverlay.console.events.RingEvents;
import org.ringoverlay.dht.Copies;
import org.ringoverlay.dht.Durability;
import org.ringoverlay.dht.NamespaceRules;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/** A node of one map, so that the gateway alone is under test. */
public final class FakeBackend implements Backend {
  final AtomicInteger drained = new AtomicInteger();

  /** What it could not hand over, once it has left. */
  final CompletableFuture<Map<String, String>> left = new CompletableFuture<>();

  /** For how long it was asked to wait for that. */
  final BlockingQueue<Duration> waits = new LinkedBlockingQueue<>();

  public static final Id NODE = Id.of("the node");
  private static final Duration DRAIN_WITHIN = Duration.ofSeconds(100);
  static final Place PLACE = new Place(NODE, 1, 3, 0);

  record Kept(long version, Json value) {}

  final Map<String, Kept> records = new ConcurrentHashMap<>();
  final Map<String, NamespaceRules> rules = new ConcurrentHashMap<>();
  volatile int copies = 3;
  final List<Listener> listeners = new CopyOnWriteArrayList<>();
  final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  final List<PrefixWatcher> prefixWatchers = new CopyOnWriteArrayList<>();
  volatile String lastWatched;
  final List<String> operations = new ArrayList<>();
  public volatile List<Member> members =
      List.of(
          new Member(
              NODE, 1, "127.0.0.1:7400", "", Map.of("zone", "a"), List.of(), MemberState.ALIVE));

  /** Where on the circle it knows every member. */
  public volatile IdRange covered = IdRange.full();

  /** The way to every key. */
  public volatile List<Route.Hop> way = List.of(new Route.Hop(NODE, 12));

  /** Why there is no way to any key; null if there is one. */
  public volatile RingException wayFailure;

  /** Where the node has come to a halt while it has not been counted down; null if it runs. */
  public volatile CountDownLatch halt;

  final RingEvents events;
  volatile long version;
  volatile RingException failure;
  volatile Ack lastAck;
  Duration lastTtl;

  public FakeBackend() {
    this(7);
  }

  /** A node in another life. */
  public FakeBackend(long life) {
    this.events =
        new RingEvents(
            new EventLog(64, 1_000_000, life), () -> Instant.parse("2030-01-02T03:04:05Z"));
  }

  /** Lets it know so many others of a ring that has more. */
  public void knowOnly(int others) {
    var known = new ArrayList<>(members);
    for (int i = 0; i < others; i++) {
      known.add(
          new Member(
              Id.of("member " + i), 1, "m:" + i, "", Map.of(), List.of(), MemberState.ALIVE));
    }
    members = known;
    List<Member> nearest = view().neighbours(NODE, 1);
    covered = IdRange.of(nearest.get(1).id(), nearest.get(0).id().next());
  }

  @Override
  public String ringName() {
    return "ring";
  }

  @Override
  public Id id() {
    return NODE;
  }

  @Override
  public boolean isReady() {
    return failure == null;
  }

  @Override
  public CompletionStage<List<Loss>> recover(List<Id> lost, List<Integer> arcs, boolean confirmed) {
    return this.<List<Loss>>failing()
        .orElseGet(
            () ->
                CompletableFuture.completedFuture(
                    List.of(
                        new Loss(
                            arcs.isEmpty() ? 7 : arcs.get(0),
                            confirmed ? "recovered" : "lost",
                            4,
                            List.of(NODE),
                            lost,
                            12,
                            99,
                            ""))));
  }

  @Override
  public void drain() {
    drained.incrementAndGet();
  }

  @Override
  public CompletionStage<Drained> drained(Duration wait) {
    waits.add(wait);
    boolean draining = drained.get() > 0;
    return wait.isZero() && !left.isDone()
        ? CompletableFuture.completedFuture(new Drained(draining, DRAIN_WITHIN, false, Map.of()))
        : left.thenApply(unfinished -> new Drained(draining, DRAIN_WITHIN, true, unfinished));
  }

  @Override
  public CompletionStage<Verified> verify(int from) {
    return CompletableFuture.completedFuture(
        new Verified(
            512,
            from == 0 ? (Integer) 256 : null,
            256,
            7,
            from == 0 ? List.of() : List.of(new Uneven("08/9", "ns", "k", Map.of(NODE, 0L))),
            from == 0 ? Map.of() : Map.of(NODE, 3),
            0));
  }

  @Override
  public RingView view() {
    CountDownLatch halted = halt;
    if (halted != null) {
      try {
        halted.await();
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }
    return new RingView(1, NODE, Arcs.standard(), members, covered);
  }

  @Override
  public RingEvents events() {
    return events;
  }

  @Override
  public List<ServiceStatus> services() {
    return List.of(new ServiceStatus("echo", 0, 5, 0, 1, 0));
  }

  private static String name(String namespace, String key) {
    return namespace + "|" + key;
  }

  private <T> Optional<CompletionStage<T>> failing() {
    return Optional.ofNullable(failure).map(CompletableFuture::failedFuture);
  }

  @Override
  public CompletionStage<Optional<Stored>> get(String namespace, String key, boolean stale) {
    return this.<Optional<Stored>>failing()
        .orElseGet(
            () ->
                CompletableFuture.completedFuture(
                    Optional.ofNullable(records.get(name(namespace, key)))
                        .map(record -> new Stored(record.version(), record.value(), PLACE))));
  }

  private Optional<RingException> conflict(String key, Kept found, Condition condition) {
    boolean holds =
        condition instanceof Condition.None
            || (condition instanceof Condition.Exists && found != null)
            || (condition instanceof Condition.Absent && found == null)
            || (condition instanceof Condition.AtVersion at
                && found != null
                && found.version() == at.version());
    return holds
        ? Optional.empty()
        : Optional.of(
            new RingException.Conflict(
                key,
                OptionalLong.empty(),
                found == null ? OptionalLong.empty() : OptionalLong.of(found.version()),
                null,
                found == null ? null : found.value().toString()));
  }

  @Override
  public synchronized CompletionStage<Written> put(
      String namespace,
      String key,
      Json value,
      Condition condition,
      Ack ack,
      Duration ttl,
      String operation) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    lastAck = ack;
    lastTtl = ttl;
    if (operation != null) {
      operations.add(operation);
    }
    Kept found = records.get(name(namespace, key));
    Optional<RingException> conflict = conflict(key, found, condition);
    if (conflict.isPresent()) {
      return CompletableFuture.failedFuture(conflict.get());
    }
    version = version + 1;
    records.put(name(namespace, key), new Kept(version, value));
    return CompletableFuture.completedFuture(new Written(version, found == null, PLACE));
  }

  @Override
  public synchronized CompletionStage<Optional<Place>> delete(
      String namespace, String key, Condition condition, Ack ack, String operation) {
    Kept found = records.get(name(namespace, key));
    Optional<RingException> conflict = conflict(key, found, condition);
    if (conflict.isPresent()) {
      return CompletableFuture.failedFuture(conflict.get());
    }
    records.remove(name(namespace, key));
    return CompletableFuture.completedFuture(found == null ? Optional.empty() : Optional.of(PLACE));
  }

  @Override
  public CompletionStage<Keys> list(String namespace, String prefix, String after, int limit) {
    List<String> found =
        records.keySet().stream()
            .filter(name -> name.startsWith(name(namespace, prefix)))
            .map(name -> name.substring(name.indexOf('|') + 1))
            .filter(key -> key.compareTo(after) > 0)
            .sorted()
            .toList();
    List<String> page = found.subList(0, Math.min(limit, found.size()));
    return this.<Keys>failing()
        .orElseGet(
            () ->
                CompletableFuture.completedFuture(
                    new Keys(page, page.size() < found.size() ? page.get(limit - 1) : null)));
  }

  @Override
  public CompletionStage<Subscribed> watch(
      String namespace, String key, Long after, Watcher watcher) {
    lastWatched = name(namespace, key);
    watchers.add(watcher);
    long from = after == null ? version : after;
    return CompletableFuture.completedFuture(
        new Subscribed() {
          @Override
          public long seq() {
            return from;
          }

          @Override
          public void cancel() {
            watchers.remove(watcher);
          }
        });
  }

  @Override
  public CompletionStage<Integer> copies() {
    return CompletableFuture.completedFuture(copies);
  }

  @Override
  public CompletionStage<Integer> changeCopies(int wanted) {
    copies = wanted;
    return copies();
  }

  @Override
  public CompletionStage<Copies> progress() {
    return CompletableFuture.completedFuture(new Copies(copies, 16, 15, 2, 1, List.of(NODE)));
  }

  @Override
  public CompletionStage<Durability> durability() {
    return CompletableFuture.completedFuture(
        new Durability(
            Duration.ofHours(5),
            0,
            OptionalDouble.empty(),
            0.25,
            Duration.ofSeconds(305),
            0,
            1,
            List.of(new Durability.Risk(3, OptionalDouble.empty(), 0.5)),
            1e-6,
            OptionalInt.empty()));
  }

  @Override
  public CompletionStage<NamespaceRules> rules(String namespace) {
    return CompletableFuture.completedFuture(rules.getOrDefault(namespace, NamespaceRules.NONE));
  }

  @Override
  public CompletionStage<NamespaceRules> changeRules(
      String namespace, UnaryOperator<NamespaceRules> change) {
    rules.put(namespace, change.apply(rules.getOrDefault(namespace, NamespaceRules.NONE)));
    return rules(namespace);
  }

  @Override
  public CompletionStage<WatchedPrefix> watchPrefix(
      String namespace, String prefix, String bookmark, PrefixWatcher watcher) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    lastWatched = name(namespace, prefix);
    prefixWatchers.add(watcher);
    String from = bookmark == null ? "now" : "after " + bookmark;
    return CompletableFuture.completedFuture(
        new WatchedPrefix() {
          @Override
          public String bookmark() {
            return from;
          }

          @Override
          public void cancel() {
            prefixWatchers.remove(watcher);
          }
        });
  }

  @Override
  public CompletionStage<Owner> owner(String namespace, String key) {
    return CompletableFuture.completedFuture(
        new Owner(key, idOf(namespace, key), NODE, List.of(NODE), 1));
  }

  @Override
  public Id idOf(String namespace, String key) {
    return Id.isId(key) ? Id.parse(key) : Id.of(key);
  }

  @Override
  public CompletionStage<Route> trace(Id target) {
    return wayFailure != null
        ? CompletableFuture.failedFuture(wayFailure)
        : CompletableFuture.completedFuture(new Route(target, way, way.get(way.size() - 1).node()));
  }

  @Override
  public CompletionStage<Answer<Json>> send(String service, Id target, Json message) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    return service.equals("echo")
        ? CompletableFuture.completedFuture(
            new Answer<>(
                Json.parse("{\"to\":\"" + target + "\",\"echo\":" + message + "}"), NODE, 2))
        : CompletableFuture.failedFuture(RingException.Incompatible.unknownService("no service"));
  }

  @Override
  public synchronized CompletionStage<Published> publish(String topic, Json value, Level level) {
    version = version + 1;
    listeners.forEach(listener -> listener.message(new Message(version, value)));
    return CompletableFuture.completedFuture(
        new Published(version, listeners.size(), level == Level.DELIVERED ? 0 : null));
  }

  @Override
  public CompletionStage<Subscribed> subscribe(String topic, Listener listener) {
    listeners.add(listener);
    long seq = version;
    return CompletableFuture.completedFuture(
        new Subscribed() {
          @Override
          public long seq() {
            return seq;
          }

          @Override
          public void cancel() {
            listeners.remove(listener);
          }
        });
  }

  @Override
  public CompletionStage<Answer<Json>> anycast(String topic, Json message) {
    return topic.equals("echo")
        ? CompletableFuture.completedFuture(new Answer<>(message, NODE, 1))
        : CompletableFuture.failedFuture(new RingException.Refused("nobody", List.of()));
  }
}
