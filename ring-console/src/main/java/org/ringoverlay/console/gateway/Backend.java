package org.ringoverlay.console.gateway;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Answer;
import org.ringoverlay.Route;
import org.ringoverlay.ServiceStatus;
import org.ringoverlay.console.events.RingEvents;
import org.ringoverlay.dht.Copies;
import org.ringoverlay.dht.Durability;
import org.ringoverlay.dht.NamespaceRules;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.RingView;

/**
 * What the gateway asks of a node.
 *
 * <p>Any thread; nothing blocks. Stages complete on any thread and fail with the error family; an
 * input that breaks a rule may also be thrown at once as a {@code RingException}.
 */
public interface Backend {
  /**
   * Where a record is and how well it is kept.
   *
   * @param daddy who answers for it
   * @param copies how many copies acknowledged a write, or live members at a read
   * @param wanted how many there should be
   * @param hops how many nodes the request passed
   */
  record Place(Id daddy, int copies, int wanted, int hops) {}

  /** A record as it was read. */
  record Stored(long version, Json value, Place place) {}

  /** What became of a write. */
  record Written(long version, boolean created, Place place) {}

  /**
   * Some keys in order.
   *
   * @param next the position after which there are more, null if these are the last
   */
  record Keys(List<String> keys, @Nullable String next) {}

  /**
   * What a comparison of all copies of some arcs found.
   *
   * @param arcs how many arcs the ring has
   * @param next the arc to go on with, null if these were the last
   * @param compared how many arcs were compared on all of their members
   * @param records how many records these hold
   * @param uneven the records whose copies differ
   * @param silent the members that gave no answer, and of how many arcs
   * @param undecided of how many arcs it is not known whether their copies are equal
   */
  record Verified(
      int arcs,
      @Nullable Integer next,
      int compared,
      long records,
      List<Uneven> uneven,
      Map<Id, Integer> silent,
      int undecided) {
    /** Whether all copies of these arcs were compared and are equal. */
    public boolean isSound() {
      return uneven.isEmpty() && silent.isEmpty() && undecided == 0;
    }
  }

  /** A record whose copies differ, and the version that each member holds, 0 for none. */
  record Uneven(String arc, String namespace, String key, Map<Id, Long> versions) {}

  /** Who holds a key: its ID, its daddy and the members of its configuration. */
  record Owner(String key, Id id, Id daddy, List<Id> replicas, long epoch) {}

  /** When a write is acknowledged. */
  enum Ack {
    MAJORITY,
    ALL,
    DADDY
  }

  /** How sure a publish is. */
  enum Level {
    SENT,
    SEQUENCED,
    DELIVERED
  }

  /**
   * What became of a publish.
   *
   * @param missing how many subscriptions did not confirm; only for {@link Level#DELIVERED}
   */
  record Published(long seq, int reached, @Nullable Integer missing) {}

  /** A message of a topic. */
  record Message(long seq, Json value) {}

  /** Hears a subscription, on the node's loop; must not block. */
  interface Listener {
    /** A message arrived. */
    void message(Message message);

    /** Messages were lost; the numbers of the first and the last. */
    void gap(long from, long to);

    /** No more will come. */
    void ended(String reason);
  }

  /**
   * A change of a record.
   *
   * @param value null if it was deleted
   */
  record Changed(String key, long version, @Nullable Json value) {}

  /** Hears a watch, on the node's loop; must not block. */
  interface Watcher {
    /** The record changed. */
    void changed(Changed change);

    /** Changes are missing; the versions of the first and the last that they may have. */
    void gap(long from, long to);

    /** No more will come. */
    void ended(String reason);
  }

  /** Hears a watch of a prefix, on the node's loop; must not block. */
  interface PrefixWatcher {
    /**
     * A record changed.
     *
     * @param bookmark from which the watch can be resumed after this change
     * @return completes when the next change may be told
     */
    CompletionStage<?> changed(Changed change, String bookmark);

    /** Changes are missing; all that there is follows, also for who resumes from this bookmark. */
    void gap(String bookmark);

    /** No more will come. */
    void ended(String reason);
  }

  /** A watch of a prefix that stands. */
  interface WatchedPrefix {
    /** From where it can be resumed before anything was told. */
    String bookmark();

    /** Ends it. Any thread. */
    void cancel();
  }

  /** A subscription, or a watch, that stands. */
  interface Subscribed {
    /** The number after which messages arrive, or the version. */
    long seq();

    /** Ends it. Any thread. */
    void cancel();
  }

  /** The ring's name. */
  String ringName();

  /** The node's ID. */
  Id id();

  /** Whether the node has joined and is not leaving. */
  boolean isReady();

  /**
   * Has the node leave the ring for good, and end when others have what it keeps. Does nothing if
   * it leaves already.
   */
  void drain();

  /**
   * How far a node is that was told to leave for good.
   *
   * @param draining whether it was told to, also when it has left
   * @param within how long it takes at most from when it is told to
   * @param left whether it has left
   * @param unfinished which services could not hand over until then, and why
   */
  record Drained(boolean draining, Duration within, boolean left, Map<String, String> unfinished) {
    /** Copies the map. */
    public Drained {
      unfinished = Collections.unmodifiableMap(new TreeMap<>(unfinished));
    }
  }

  /**
   * Tells how far it is when it has left, or after this wait. Fails with {@code Closed} if it was
   * told to leave and closed before it had.
   */
  CompletionStage<Drained> drained(Duration wait);

  /**
   * An arc that has lost a majority of its members.
   *
   * @param state {@code lost}, {@code recovered} or {@code refused}
   * @param keys how many records are left
   * @param newest the newest version among them
   * @param why why it was refused, else empty
   */
  record Loss(
      int arc,
      String state,
      long epoch,
      List<Id> survivors,
      List<Id> lost,
      long keys,
      long newest,
      String why) {}

  /**
   * Finds the arcs that have lost their majority, and has their survivors go on if that is
   * confirmed.
   *
   * @param arcs the arcs to look at; empty for all
   */
  CompletionStage<List<Loss>> recover(List<Id> lost, List<Integer> arcs, boolean confirmed);

  /** What the node knows of the ring now. */
  RingView view();

  /** What happened to the ring lately, as this node saw it. */
  RingEvents events();

  /** The services of this node. */
  List<ServiceStatus> services();

  /** Reads a record; empty if it is absent. */
  CompletionStage<Optional<Stored>> get(String namespace, String key, boolean stale);

  /**
   * Writes a record.
   *
   * @param ttl after which time it vanishes; null if it stays
   * @param operation the ID under which a repeat gets the first outcome, or null
   */
  CompletionStage<Written> put(
      String namespace,
      String key,
      Json value,
      Condition condition,
      Ack ack,
      @Nullable Duration ttl,
      @Nullable String operation);

  /** Deletes a record; empty if there was none. */
  CompletionStage<Optional<Place>> delete(
      String namespace, String key, Condition condition, Ack ack, @Nullable String operation);

  /**
   * Lists keys.
   *
   * @param after the position after which to begin, empty for the first
   * @param limit how many at most, 1 to 1,000
   */
  CompletionStage<Keys> list(String namespace, String prefix, String after, int limit);

  /**
   * Watches a record; completes when changes will be told.
   *
   * @param after the version after which, null for the present one
   */
  CompletionStage<Subscribed> watch(
      String namespace, String key, @Nullable Long after, Watcher watcher);

  /** How many copies the ring wants. */
  CompletionStage<Integer> copies();

  /** Has the ring keep another number of copies: 1, 3, 5 or 7. */
  CompletionStage<Integer> changeCopies(int copies);

  /** How far the ring is with that, as far as its nodes answer. */
  CompletionStage<Copies> progress();

  /** How likely records are lost, as far as this node has seen. */
  CompletionStage<Durability> durability();

  /** What holds in a namespace. */
  CompletionStage<NamespaceRules> rules(String namespace);

  /**
   * Changes what holds in a namespace.
   *
   * @param change from the present rules to the new ones; it may run several times
   */
  CompletionStage<NamespaceRules> changeRules(
      String namespace, UnaryOperator<NamespaceRules> change);

  /** Compares all copies of some arcs, beginning with this one. */
  CompletionStage<Verified> verify(int from);

  /**
   * Watches all keys with a prefix; completes when changes will be told.
   *
   * @param bookmark after which, empty for all values that there are and then what changes, null
   *     for what changes from now on
   */
  CompletionStage<WatchedPrefix> watchPrefix(
      String namespace, String prefix, @Nullable String bookmark, PrefixWatcher watcher);

  /** Who holds a key, or an ID if the key is one. */
  CompletionStage<Owner> owner(String namespace, String key);

  /** The ID that stands for a key, or that the key is. */
  Id idOf(String namespace, String key);

  /** The way to an ID. */
  CompletionStage<Route> trace(Id target);

  /** Sends a message to an ID and gives the reply. */
  CompletionStage<Answer<Json>> send(String service, Id target, Json message);

  /** Publishes to a topic. */
  CompletionStage<Published> publish(String topic, Json value, Level level);

  /** Subscribes; completes when messages will arrive. */
  CompletionStage<Subscribed> subscribe(String topic, Listener listener);

  /** Sends to one willing subscriber. */
  CompletionStage<Answer<Json>> anycast(String topic, Json message);
}
