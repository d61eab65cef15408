package org.ringoverlay.dht;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Answer;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.arc.Keys;
import org.ringoverlay.dht.internal.arc.Lookout;
import org.ringoverlay.dht.internal.arc.Losses;
import org.ringoverlay.dht.internal.arc.Records;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Seat;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/**
 * Versioned JSON records, each answered for by one node, its daddy, and copied to that node's
 * neighbours.
 *
 * <p>A key has 1 to 512 bytes of UTF-8, a value at most {@code ring.dht.value.max}. A key that
 * holds {@code {tag}} is placed by the tag alone, so that keys of one tag live together. Versions
 * of a key only grow, through deletes and changes of its daddy.
 *
 * <p>Any thread; nothing blocks. Stages complete on the node's loop and fail with the {@linkplain
 * RingException error family}: {@code InvalidInput} (a key, a value; nothing changed), {@code
 * Conflict} (a condition; nothing changed), {@code Refused} (a bound was reached; nothing changed),
 * {@code Unavailable} (too few members answer; nothing changed), {@code Timeout} (nothing changed),
 * {@code OutcomeUnknown} (a write may have been made).
 *
 * <p>What this version does not promise is told in {@code docs/explanation/dht.md}.
 */
public final class Dht {
  static final String CALLERS_OPERATION = "k:";
  private static final String LIBRARYS_OPERATION = "l:";
  private static final Duration VERIFY_TIMEOUT = Duration.ofSeconds(20);

  /** Arcs that this time does not suffice for are left to the next call. */
  private static final Duration RECOVERY = Duration.ofSeconds(20);

  private final Ring ring;
  private final Records records;
  private final Caller caller;
  private final String space;
  private final RingSettings settings;

  Dht(Ring ring, Records records, Caller caller, String space, RingSettings settings) {
    this.ring = ring;
    this.records = records;
    this.caller = caller;
    this.space = space;
    this.settings = settings;
  }

  /** The records as this node reaches them, in the namespace {@code default}. */
  public static Dht on(Ring ring) {
    return ring.extension(Dht.class);
  }

  /**
   * The records of another namespace: equal keys of two namespaces are two records.
   *
   * @param name 1 to 128 bytes of UTF-8 without control characters
   * @throws RingException.InvalidInput if the name breaks that rule
   */
  public Dht namespace(String name) {
    Keys.checkSpace(name);
    return new Dht(ring, records, caller, name, settings);
  }

  /** The namespace. */
  public String namespace() {
    return space;
  }

  /** The settings of the whole ring; those of all namespaces are the same ones. */
  public RingSettings settings() {
    return settings;
  }

  /**
   * Where a key lies on the circle. In the namespace {@code default} it is the ID of the key
   * itself, or of its tag, so a service that is asked at that ID runs where the record lives.
   *
   * @throws RingException.InvalidInput if it is no key
   */
  public Id id(String key) {
    Keys.checkKey(key);
    return Keys.id(space, key);
  }

  /** Reads the newest value. */
  public CompletionStage<Versioned> get(String key) {
    return get(key, ReadOptions.defaults());
  }

  /** Reads a value; of an absent record too the result tells the daddy and the copies. */
  public CompletionStage<Versioned> get(String key, ReadOptions options) {
    return caller.onLoop(
        () -> {
          Keys.checkKey(key);
          Request.Found held = options.stale() ? records.peek(space, key) : null;
          if (held != null) {
            return java.util.concurrent.CompletableFuture.completedFuture(
                versioned(key, new Answer<>(held, ring.id(), 0)));
          }
          return caller
              .ask(
                  new Request.Get(space, key, options.stale()),
                  Request.Found.class,
                  options.timeout())
              .thenApply(answer -> versioned(key, answer));
        });
  }

  /** Reads several records, each as {@link #get(String)} does: not all at one moment. */
  public CompletionStage<Each<Versioned>> getAll(Collection<String> keys) {
    return getAll(keys, ReadOptions.defaults());
  }

  /**
   * Reads several records, each as {@link #get(String, ReadOptions)} does: not all at one moment.
   *
   * @param keys up to {@link Each#KEYS_MAX}; the timeout is each one's own
   * @return what was read, and why the rest was not
   */
  public CompletionStage<Each<Versioned>> getAll(Collection<String> keys, ReadOptions options) {
    List<String> all = List.copyOf(keys);
    return caller.onLoop(() -> Each.of(all, key -> get(key, options)));
  }

  /** Watches a record from now on; see {@link #watch(String, long, WatchListener)}. */
  public CompletionStage<Watch> watch(String key, WatchListener listener) {
    return caller.onLoop(() -> watchOnLoop(key, Request.Watch.FROM_NOW, listener));
  }

  /**
   * Watches a record: the listener is told each change that a majority of its copies holds, in
   * order of the versions, through changes of its daddy. What cannot be told any more, because the
   * record changed too often while nobody listened, is a gap, and then comes the present value.
   *
   * @param after the version after which changes are told; 0 begins with the present value
   * @param listener told on the loop, beginning after the stage has completed
   * @return completes when the watch stands. A watch that nobody answers for {@code
   *     ring.dht.watch.silence} ends, and says so. Fails with {@code Refused} if this node has
   *     {@code ring.dht.watches.max} already
   */
  public CompletionStage<Watch> watch(String key, long after, WatchListener listener) {
    if (after < 0) {
      throw new IllegalArgumentException("a watch begins after a version, not " + after);
    }
    return caller.onLoop(() -> watchOnLoop(key, after, listener));
  }

  private CompletionStage<Watch> watchOnLoop(String key, long after, WatchListener listener) {
    Keys.checkKey(key);
    return new Watch(ring, records, caller, space, key, after, listener).begin();
  }

  /**
   * Watches all keys with a prefix from now on; see {@link #watchPrefix(String, String,
   * PrefixListener)}.
   */
  public CompletionStage<PrefixWatch> watchPrefix(String prefix, PrefixListener listener) {
    return caller.onLoop(() -> watchPrefixOnLoop(prefix, null, listener));
  }

  /**
   * Watches all keys of this namespace that begin with a prefix: the listener is told each change
   * that a majority of the copies holds, deletes and expiries too, of each key in order of its
   * versions. What cannot be told any more is a gap, after which all values that there are come,
   * and then what changes.
   *
   * <p>One question waits at each daddy of the ring. While nothing changes that is all it costs;
   * with {@code ring.dht.leases=false} every arc is confirmed by a majority once in {@code
   * ring.dht.watch.hold} besides.
   *
   * @param prefix what the keys begin with; empty for all
   * @param bookmark what came with a change that was told, to resume after it at any node; empty
   *     for all values that there are, and then what changes. A bookmark of more than 128 arcs with
   *     keys of the prefix, of another prefix or of another ring cannot be honoured: that is a gap
   * @param listener told on the loop, beginning after the stage has completed
   * @return completes when the watch stands. It ends, and says so, when of some arc nobody tells
   *     the changes for {@code ring.dht.watch.silence}. Fails with {@code Unavailable} if nobody
   *     does now, with {@code Refused} if this node has {@code ring.dht.watch.prefixes.max}
   *     already, with {@code InvalidInput} if that is no bookmark
   */
  public CompletionStage<PrefixWatch> watchPrefix(
      String prefix, String bookmark, PrefixListener listener) {
    Objects.requireNonNull(bookmark, "bookmark");
    return caller.onLoop(() -> watchPrefixOnLoop(prefix, bookmark, listener));
  }

  private CompletionStage<PrefixWatch> watchPrefixOnLoop(
      String prefix, @Nullable String bookmark, PrefixListener listener) {
    Keys.checkPosition(prefix);
    return records
        .watchPrefix(space, prefix, bookmark, new Told(listener))
        .thenApply(lookout -> new PrefixWatch(ring, lookout, lookout.bookmark()));
  }

  /** Tells a listener of the public face. */
  private record Told(PrefixListener listener) implements Lookout.Listener {
    @Override
    public CompletionStage<?> changed(
        String key, long version, boolean deleted, Json value, String bookmark) {
      return listener.changed(
          new KeyChange(key, version, deleted ? Optional.empty() : Optional.of(value)), bookmark);
    }

    @Override
    public void gap(String bookmark) {
      listener.gap(bookmark);
    }

    @Override
    public void ended(RingException why) {
      listener.ended(why);
    }
  }

  /** Lists the first hundred keys that begin with a prefix; see {@link #list(ListOptions)}. */
  public CompletionStage<KeyPage> list(String prefix) {
    return list(ListOptions.of(prefix));
  }

  /**
   * Lists keys of this namespace, in order of the bytes of their UTF-8.
   *
   * <p>Every daddy of the ring is asked for its keys, so a page costs as much as reads of as many
   * keys as there are daddies, and more. Only what a majority holds is shown. A key that is there
   * from before the first page is asked for until the last has come stands on exactly one page; one
   * that comes or goes meanwhile may or may not.
   *
   * @return a page. Fails with {@code Unavailable}, which names who was silent, if the keys of some
   *     arc could not be had: there is no page with a hole; with {@code Refused} if {@code
   *     ring.dht.listings.max} are under way here
   */
  public CompletionStage<KeyPage> list(ListOptions options) {
    return caller.onLoop(
        () -> {
          Keys.checkPosition(options.prefix());
          Keys.checkPosition(options.after());
          return records
              .list(
                  space,
                  options.prefix(),
                  options.after(),
                  options.limit(),
                  caller.deadlineNanos(options.timeout()))
              .thenApply(page -> new KeyPage(page.keys(), Optional.ofNullable(page.next())));
        });
  }

  /** Writes several values, each as {@link #put(String, Json)} does: there are no transactions. */
  public CompletionStage<Each<Written>> putAll(Map<String, Json> values) {
    return putAll(values, WriteOptions.defaults());
  }

  /**
   * Writes several values, each as {@link #put(String, Json, WriteOptions)} does: there are no
   * transactions, and some may be written while others fail.
   *
   * @param values up to {@link Each#KEYS_MAX}; the timeout is each one's own
   * @return what was written, and why the rest was not
   */
  public CompletionStage<Each<Written>> putAll(Map<String, Json> values, WriteOptions options) {
    Map<String, Json> all = new TreeMap<>(values);
    return caller.onLoop(
        () ->
            Each.of(all.keySet(), key -> put(key, Objects.requireNonNull(all.get(key)), options)));
  }

  /** Writes a value, whatever was there. */
  public CompletionStage<Written> put(String key, Json value) {
    return put(key, value, WriteOptions.defaults());
  }

  /**
   * Writes a value if the options' condition holds.
   *
   * @return fails with {@code Conflict}, which carries both values, if it does not hold, and with
   *     {@code InvalidInput} of the code {@code key-reused} if the idempotency key named another
   *     write of this record
   */
  public CompletionStage<Written> put(String key, Json value, WriteOptions options) {
    return caller.onLoop(() -> putOnLoop(key, value, options));
  }

  private CompletionStage<Written> putOnLoop(String key, Json value, WriteOptions options) {
    check(key, options);
    records.checkValue(value.size());
    var request =
        new Request.Put(
            space,
            key,
            value,
            options.ttl().map(Duration::toMillis).orElse(0L),
            condition(options),
            acknowledge(options),
            operation(options),
            0,
            false);
    return caller
        .change(request, options.timeout())
        .thenApply(
            answer ->
                new Written(
                    answer.value().version(),
                    !answer.value().existed(),
                    answer.value().copies(),
                    answer.value().wanted(),
                    daddy(answer, answer.value().daddy()),
                    answer.hops()))
        .exceptionally(error -> rethrow(error, value));
  }

  /** Writes a value if a version is still the current one; fails with {@code Conflict} if not. */
  public CompletionStage<Written> compareAndSet(String key, long expectedVersion, Json value) {
    return caller.onLoop(
        () -> putOnLoop(key, value, WriteOptions.defaults().ifVersion(expectedVersion)));
  }

  /** Writes a value if there is no record; fails with {@code Conflict} if there is one. */
  public CompletionStage<Written> putIfAbsent(String key, Json value) {
    return put(key, value, WriteOptions.defaults().onlyIfAbsent());
  }

  /** Deletes a record if there is one. */
  public CompletionStage<Deleted> delete(String key) {
    return delete(key, WriteOptions.defaults());
  }

  /** Deletes a record if there is one and the options' condition holds. */
  public CompletionStage<Deleted> delete(String key, WriteOptions options) {
    return caller.onLoop(() -> deleteOnLoop(key, options));
  }

  private CompletionStage<Deleted> deleteOnLoop(String key, WriteOptions options) {
    check(key, options);
    var request =
        new Request.Delete(
            space, key, condition(options), acknowledge(options), operation(options), 0, false);
    return caller
        .change(request, options.timeout())
        .thenApply(
            answer ->
                new Deleted(
                    answer.value().existed(),
                    answer.value().version(),
                    answer.value().copies(),
                    answer.value().wanted(),
                    daddy(answer, answer.value().daddy()),
                    answer.hops()));
  }

  /** Changes a record by a function; see {@link #update(String, Function, WriteOptions)}. */
  public CompletionStage<Versioned> update(
      String key, Function<? super @Nullable Json, ? extends @Nullable Json> change) {
    return update(key, change, WriteOptions.defaults());
  }

  /**
   * Changes a record by a function of its value: reads, computes, and writes if nobody else wrote
   * meanwhile, else begins again, after a short wait at random.
   *
   * @param change from the value, null if there is no record, to the new value, null to delete the
   *     record. It runs on the node's loop, must not block, and may run several times; what it
   *     throws ends the update
   * @param options without a condition and without an idempotency key; the timeout is for the whole
   *     update, with all its reads, writes and waits
   * @return the record as written. After {@code ring.dht.update.attempts} conflicts it fails with
   *     the last {@code Conflict}, which says how many there were; when its time is over before,
   *     with {@code Timeout}, which says so too
   */
  public CompletionStage<Versioned> update(
      String key,
      Function<? super @Nullable Json, ? extends @Nullable Json> change,
      WriteOptions options) {
    if (options.isConditional() || options.idempotencyKey().isPresent()) {
      throw new IllegalArgumentException(
          "an update makes its own condition: give options without one and without a name");
    }
    var update = new Update(this, caller, ring.settings(), key, change, options);
    return caller.onLoop(update::run);
  }

  /**
   * Compares all copies of some arcs, of all namespaces, value by value; changes nothing. The whole
   * ring is verified by going on at {@link Verified#next} until there is none.
   *
   * <p>All values of these arcs are read at all of their members, in small parts. A record that is
   * being written is looked at again until its copies have what the newest of them had before.
   *
   * @param from the number of the first arc; at most 256 are verified
   * @return what was found, after 20 s at most. Fails with {@code InvalidInput} if there is no such
   *     arc, with {@code Refused} if this node verifies already
   */
  public CompletionStage<Verified> verify(int from) {
    return caller.onLoop(
        () ->
            records
                .verify(from, caller.deadlineNanos(VERIFY_TIMEOUT))
                .thenApply(result -> Verified.of(from, result, ring.view().arcs())));
  }

  /** What this node has of deleted records, of all namespaces, as of now. */
  public CompletionStage<Tombstones> tombstones() {
    return caller.onLoop(
        () ->
            CompletableFuture.completedFuture(
                new Tombstones(
                    records.tombstones(), records.tombstonesDropped(), records.floorsRaised())));
  }

  /** Who answers for a key now. */
  public CompletionStage<Owner> owner(String key) {
    return caller.onLoop(
        () -> {
          Keys.checkKey(key);
          return owner(key, Keys.id(space, key));
        });
  }

  /** Who answers now for the arc in which an ID lies; the owner's key is the ID's text. */
  public CompletionStage<Owner> owner(Id id) {
    return caller.onLoop(() -> owner(id.toString(), id));
  }

  private CompletionStage<Owner> owner(String key, Id id) {
    return caller
        .ask(new Request.Where(id), Seat.class, WriteOptions.TIMEOUT)
        .thenApply(
            answer -> {
              Seat seat = answer.value();
              Id daddy = seat.replicas().isEmpty() ? answer.node() : seat.replicas().get(0);
              return new Owner(key, id, daddy, seat.replicas(), seat.epoch());
            });
  }

  /**
   * Finds the arcs that can never decide anything again because a majority of their members is lost
   * for ever, and, if that is confirmed, has each go on with what its survivors hold. What only
   * lost members held is gone then, acknowledged or not; what the survivors hold stays, under new
   * versions, so that nobody who saw the record before mistakes it for unchanged.
   *
   * <p>Name only nodes whose stores are gone. One that comes back with its store nevertheless gives
   * way, and drops what it holds of such an arc, as soon as it hears of what was decided; until
   * then a majority of the former members that hears of nobody else may accept writes, which are
   * lost then.
   *
   * @param lost the nodes that are gone for ever
   * @param arcs the arcs to look at; empty for all
   * @param confirmed whether to go on, and not only to tell
   * @return the arcs that have lost their majority; of those that 20 s did not suffice for it says
   *     so. Fails with {@code Unavailable} if a node of the ring does not say what it keeps, for it
   *     may be a survivor, and with {@code InvalidInput} if a node that is in the ring is named;
   *     nothing was changed then
   */
  public CompletionStage<List<ArcLoss>> recover(
      Collection<Id> lost, Collection<Integer> arcs, boolean confirmed) {
    List<Id> nodes = List.copyOf(lost);
    List<Integer> some = List.copyOf(arcs);
    return caller.onLoop(
        () ->
            records
                .recover(nodes, some, confirmed, caller.deadlineNanos(RECOVERY))
                .thenApply(losses -> losses.stream().map(Dht::loss).toList()));
  }

  private static ArcLoss loss(Losses.Loss loss) {
    return new ArcLoss(
        loss.arc(),
        ArcLoss.State.valueOf(loss.state().name()),
        loss.epoch(),
        loss.survivors(),
        loss.lost(),
        loss.keys(),
        loss.newest(),
        loss.why());
  }

  private static void check(String key, WriteOptions options) {
    Keys.checkKey(key);
    if (options.ttl().filter(ttl -> !NamespaceRules.isTtl(ttl)).isPresent()) {
      throw new RingException.InvalidInput("A time to live is 1 ms to 100 years.");
    }
  }

  private String operation(WriteOptions options) {
    return options
        .idempotencyKey()
        .map(key -> CALLERS_OPERATION + key)
        .orElseGet(() -> LIBRARYS_OPERATION + caller.operation());
  }

  private static Condition condition(WriteOptions options) {
    OptionalLong version = options.ifVersion();
    if (version.isPresent()) {
      return new Condition(Condition.Kind.VERSION, version.getAsLong());
    }
    return options.ifAbsent()
        ? new Condition(Condition.Kind.ABSENT, 0)
        : options.mustExist() ? new Condition(Condition.Kind.EXISTS, 0) : Condition.NONE;
  }

  private static Acknowledge acknowledge(WriteOptions options) {
    return switch (options.acknowledge()) {
      case MAJORITY -> Acknowledge.MAJORITY;
      case ALL -> Acknowledge.ALL;
      case DADDY -> Acknowledge.DADDY;
    };
  }

  /** Who answered: the node that was asked, or the one to which it passed the question on. */
  private static Id daddy(Answer<?> answer, @Nullable Id passedTo) {
    return passedTo == null ? answer.node() : passedTo;
  }

  private static Versioned versioned(String key, Answer<Request.Found> answer) {
    Request.Found found = answer.value();
    return new Versioned(
        key,
        found.present() ? Optional.of(found.value()) : Optional.empty(),
        found.version(),
        daddy(answer, found.daddy()),
        found.copies(),
        found.wanted(),
        answer.hops());
  }

  /** Adds to a conflict what the daddy did not send back. */
  private static Written rethrow(Throwable error, Json attempted) {
    Throwable cause = Caller.unwrap(error);
    if (cause instanceof RingException.Conflict conflict) {
      throw conflict.attempting(attempted.toString());
    }
    throw cause instanceof RingException known ? known : new CompletionException(cause);
  }
}
