package org.ringoverlay.console.node;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Answer;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.Route;
import org.ringoverlay.ServiceStatus;
import org.ringoverlay.console.events.RingEvents;
import org.ringoverlay.console.gateway.Backend;
import org.ringoverlay.console.gateway.Condition;
import org.ringoverlay.dht.ArcLoss;
import org.ringoverlay.dht.Copies;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.Durability;
import org.ringoverlay.dht.KeyChange;
import org.ringoverlay.dht.ListOptions;
import org.ringoverlay.dht.NamespaceRules;
import org.ringoverlay.dht.PrefixListener;
import org.ringoverlay.dht.PrefixWatch;
import org.ringoverlay.dht.ReadOptions;
import org.ringoverlay.dht.Watch;
import org.ringoverlay.dht.WatchListener;
import org.ringoverlay.dht.WriteOptions;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.PublishOptions;
import org.ringoverlay.pubsub.SubscribeOptions;
import org.ringoverlay.pubsub.Subscription;
import org.ringoverlay.pubsub.Topics;
import org.ringoverlay.view.RingView;

/** A node as the gateway sees it: the public faces of the ring, its records and its topics. */
final class NodeBackend implements Backend {
  private final Ring ring;
  private final RingEvents events;
  private final Drain drain;
  private final Dht records;
  private final Topics topics;

  NodeBackend(Ring ring, RingEvents events, Drain drain) {
    this.ring = ring;
    this.drain = drain;
    this.events = events;
    this.records = Dht.on(ring);
    this.topics = Topics.on(ring);
  }

  @Override
  public String ringName() {
    return ring.name();
  }

  @Override
  public Id id() {
    return ring.id();
  }

  @Override
  public boolean isReady() {
    return ring.isReady();
  }

  @Override
  public void drain() {
    drain.begin();
  }

  @Override
  public CompletionStage<Drained> drained(Duration wait) {
    return drain.look(wait);
  }

  @Override
  public CompletionStage<List<Loss>> recover(List<Id> lost, List<Integer> arcs, boolean confirmed) {
    return records
        .recover(lost, arcs, confirmed)
        .thenApply(losses -> losses.stream().map(NodeBackend::loss).toList());
  }

  private static Loss loss(ArcLoss loss) {
    return new Loss(
        loss.arc(),
        loss.state().name().toLowerCase(Locale.ROOT),
        loss.epoch(),
        loss.survivors(),
        loss.lost(),
        loss.keys(),
        loss.newest(),
        loss.why());
  }

  @Override
  public RingView view() {
    return ring.view();
  }

  @Override
  public RingEvents events() {
    return events;
  }

  @Override
  public List<ServiceStatus> services() {
    return ring.services();
  }

  @Override
  public CompletionStage<Optional<Stored>> get(String namespace, String key, boolean stale) {
    ReadOptions options = stale ? ReadOptions.defaults().allowingStale() : ReadOptions.defaults();
    return records
        .namespace(namespace)
        .get(key, options)
        .thenApply(
            found ->
                found
                    .value()
                    .map(
                        value ->
                            new Stored(
                                found.version(),
                                value,
                                new Place(
                                    found.daddy(), found.copies(), found.wanted(), found.hops()))));
  }

  @Override
  public CompletionStage<Written> put(
      String namespace,
      String key,
      Json value,
      Condition condition,
      Ack ack,
      @Nullable Duration ttl,
      @Nullable String operation) {
    Dht space = records.namespace(namespace);
    if (condition instanceof Condition.AtVersion at && at.version() == 0) {
      return noSuchVersion(space, key, value);
    }
    WriteOptions options = options(condition, ack, operation);
    return space
        .put(key, value, ttl == null ? options : options.expiringAfter(ttl))
        .thenApply(
            written ->
                new Written(
                    written.version(),
                    written.created(),
                    new Place(
                        written.daddy(), written.copies(), written.wanted(), written.hops())));
  }

  @Override
  public CompletionStage<Optional<Place>> delete(
      String namespace, String key, Condition condition, Ack ack, @Nullable String operation) {
    Dht space = records.namespace(namespace);
    if (condition instanceof Condition.AtVersion at && at.version() == 0) {
      return noSuchVersion(space, key, null);
    }
    return space
        .delete(key, options(condition, ack, operation))
        .thenApply(
            deleted ->
                deleted.existed()
                    ? Optional.of(
                        new Place(
                            deleted.daddy(), deleted.copies(), deleted.wanted(), deleted.hops()))
                    : Optional.empty());
  }

  @Override
  public CompletionStage<Keys> list(String namespace, String prefix, String after, int limit) {
    return records
        .namespace(namespace)
        .list(ListOptions.of(prefix).after(after).upTo(limit))
        .thenApply(page -> new Keys(page.keys(), page.next().orElse(null)));
  }

  @Override
  public CompletionStage<Verified> verify(int from) {
    return records
        .verify(from)
        .thenApply(
            found ->
                new Verified(
                    found.arcs(),
                    found.next().isPresent() ? (Integer) found.next().getAsInt() : null,
                    found.compared(),
                    found.records(),
                    found.uneven().stream()
                        .map(
                            each ->
                                new Uneven(
                                    each.arc(), each.namespace(), each.key(), each.versions()))
                        .toList(),
                    found.silent(),
                    found.undecided()));
  }

  @Override
  public CompletionStage<Subscribed> watch(
      String namespace, String key, @Nullable Long after, Watcher watcher) {
    var listener =
        new WatchListener() {
          @Override
          public void changed(KeyChange change) {
            watcher.changed(
                new Changed(change.key(), change.version(), change.value().orElse(null)));
          }

          @Override
          public void gap(long from, long to) {
            watcher.gap(from, to);
          }

          @Override
          public void ended(RingException why) {
            watcher.ended(why.getMessage());
          }
        };
    Dht space = records.namespace(namespace);
    return (after == null ? space.watch(key, listener) : space.watch(key, after, listener))
        .thenApply(Watched::new);
  }

  @Override
  public CompletionStage<WatchedPrefix> watchPrefix(
      String namespace, String prefix, @Nullable String bookmark, PrefixWatcher watcher) {
    var listener =
        new PrefixListener() {
          @Override
          public CompletionStage<?> changed(KeyChange change, String after) {
            return watcher.changed(
                new Changed(change.key(), change.version(), change.value().orElse(null)), after);
          }

          @Override
          public void gap(String after) {
            watcher.gap(after);
          }

          @Override
          public void ended(RingException why) {
            watcher.ended(why.getMessage());
          }
        };
    Dht space = records.namespace(namespace);
    return (bookmark == null
            ? space.watchPrefix(prefix, listener)
            : space.watchPrefix(prefix, bookmark, listener))
        .thenApply(StandingPrefix::new);
  }

  /** A watch of a prefix of the gateway's. */
  private record StandingPrefix(PrefixWatch watch) implements WatchedPrefix {
    @Override
    public String bookmark() {
      return watch.bookmark();
    }

    @Override
    public void cancel() {
      watch.close();
    }
  }

  /**
   * A watch of the gateway's.
   *
   * @param seq where it began: its position may have moved on before the stream says so
   */
  private record Watched(Watch watch, long seq) implements Subscribed {
    Watched(Watch watch) {
      this(watch, watch.position());
    }

    @Override
    public void cancel() {
      watch.close();
    }
  }

  /**
   * Version 0 is a number and no record's, so to expect it is a conflict and not a broken header.
   */
  private static <T> CompletionStage<T> noSuchVersion(
      Dht space, String key, @Nullable Json attempted) {
    return space
        .get(key)
        .thenCompose(
            found ->
                CompletableFuture.failedFuture(
                    new RingException.Conflict(
                        key,
                        OptionalLong.of(0),
                        found.isPresent() ? OptionalLong.of(found.version()) : OptionalLong.empty(),
                        attempted == null ? null : attempted.toString(),
                        found.value().map(Json::toString).orElse(null))));
  }

  private static WriteOptions options(Condition condition, Ack ack, @Nullable String operation) {
    WriteOptions options =
        WriteOptions.defaults()
            .acknowledgedBy(
                switch (ack) {
                  case MAJORITY -> WriteOptions.Ack.MAJORITY;
                  case ALL -> WriteOptions.Ack.ALL;
                  case DADDY -> WriteOptions.Ack.DADDY;
                });
    if (operation != null) {
      options = options.named(operation);
    }
    if (condition instanceof Condition.AtVersion at) {
      return options.ifVersion(at.version());
    }
    if (condition instanceof Condition.Absent) {
      return options.onlyIfAbsent();
    }
    return condition instanceof Condition.Exists ? options.onlyIfPresent() : options;
  }

  @Override
  public CompletionStage<Integer> copies() {
    return records.settings().copies();
  }

  @Override
  public CompletionStage<Integer> changeCopies(int copies) {
    return records.settings().changeCopies(copies);
  }

  @Override
  public CompletionStage<Copies> progress() {
    return records.settings().progress();
  }

  @Override
  public CompletionStage<Durability> durability() {
    return records.settings().durability();
  }

  @Override
  public CompletionStage<NamespaceRules> rules(String namespace) {
    return records.settings().rules(namespace);
  }

  @Override
  public CompletionStage<NamespaceRules> changeRules(
      String namespace, UnaryOperator<NamespaceRules> change) {
    return records.settings().changeRules(namespace, change);
  }

  @Override
  public CompletionStage<Owner> owner(String namespace, String key) {
    Id id = idOf(namespace, key);
    CompletionStage<org.ringoverlay.dht.Owner> owner =
        Id.isId(key) ? records.owner(id) : records.namespace(namespace).owner(key);
    return owner.thenApply(
        found -> new Owner(key, id, found.daddy(), found.replicas(), found.epoch()));
  }

  @Override
  public Id idOf(String namespace, String key) {
    return Id.isId(key) ? Id.parse(key) : records.namespace(namespace).id(key);
  }

  @Override
  public CompletionStage<Route> trace(Id target) {
    return ring.trace(target);
  }

  @Override
  public CompletionStage<Answer<Json>> send(String service, Id target, Json message) {
    return ring.call(service, target, message, Json.class, AskOptions.defaults());
  }

  @Override
  public CompletionStage<Published> publish(String topic, Json value, Level level) {
    var at =
        switch (level) {
          case SENT -> org.ringoverlay.pubsub.Level.SENT;
          case SEQUENCED -> org.ringoverlay.pubsub.Level.SEQUENCED;
          case DELIVERED -> org.ringoverlay.pubsub.Level.DELIVERED;
        };
    return topics
        .publish(topic, value, PublishOptions.defaults().at(at))
        .thenApply(
            published ->
                new Published(
                    published.seq(),
                    published.reached(),
                    level == Level.DELIVERED ? (Integer) published.missing() : null));
  }

  @Override
  public CompletionStage<Subscribed> subscribe(String topic, Listener listener) {
    return topics
        .subscribe(
            topic,
            event -> listener.message(new Message(event.seq(), event.value())),
            SubscribeOptions.defaults().tellingGaps(gap -> listener.gap(gap.from(), gap.to())))
        .thenApply(Standing::new);
  }

  /** A subscription of the gateway's. */
  private record Standing(Subscription subscription) implements Subscribed {
    @Override
    public long seq() {
      return subscription.head();
    }

    @Override
    public void cancel() {
      subscription.close();
    }
  }

  @Override
  public CompletionStage<Answer<Json>> anycast(String topic, Json message) {
    return topics.anycastCall(topic, message, Json.class);
  }
}
