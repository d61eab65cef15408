package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Copy;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Span;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;

/**
 * Compares all copies of some arcs, value by value.
 *
 * <p>Every member of an arc is asked what it holds. Where that is not the same it may be because
 * records change meanwhile, so these arcs are looked at again, and what differs in the end is found
 * key by key ({@link Discrepancies}). Changes nothing. On the loop; bounded in arcs, in messages
 * under way and in time.
 */
public final class Verification {
  /** The most arcs of one verification. */
  public static final int ARCS_MAX = CopyRequest.Inspect.ARCS_MAX;

  private static final int LOOKS_MAX = 4;
  private static final long PAUSE_NANOS = 250_000_000;
  private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
  private static final int DISCREPANCIES_AT_ONCE_MAX = 8;

  private final Ring ring;
  private final Shelf shelf;
  private final Leaders leaders;
  private final int nearest;
  private final BitSet arcs;
  private final long deadlineNanos;
  private final CompletableFuture<Result> result = new CompletableFuture<>();

  /** The arcs that are not known to be equal. */
  private final BitSet open;

  private final Map<Integer, Map<Voter, Copy>> told = new TreeMap<>();
  private final Map<Id, BitSet> asked = new TreeMap<>();

  /** The members that gave no answer, and of how many arcs. */
  private final Map<Id, Integer> silent = new TreeMap<>();

  private final List<Uneven> uneven = new ArrayList<>();
  private final ArrayDeque<Integer> toSearch = new ArrayDeque<>();
  private long records;
  private int undecided;
  private int looks;
  private int waiting;

  /**
   * What came of it.
   *
   * @param arcs how many arcs there are in the ring
   * @param compared the arcs of which all copies were compared
   * @param records how many records these hold, tombstones included
   * @param uneven the keys whose copies differ, as many as can be told
   * @param silent the members that gave no answer, and of how many arcs they keep copies
   * @param undecided arcs of which nobody told who keeps them, or whose copies went on changing
   */
  public record Result(
      int arcs,
      int compared,
      long records,
      List<Uneven> uneven,
      Map<Id, Integer> silent,
      int undecided) {}

  /**
   * A key whose copies differ.
   *
   * @param arc the number of its arc
   * @param versions the version that each member holds, 0 for none
   */
  public record Uneven(int arc, String space, String key, Map<Id, Long> versions) {}

  Verification(
      Ring ring, Shelf shelf, Leaders leaders, int nearest, BitSet arcs, long deadlineNanos) {
    this.ring = ring;
    this.shelf = shelf;
    this.leaders = leaders;
    this.nearest = nearest;
    this.arcs = arcs;
    this.open = (BitSet) arcs.clone();
    this.deadlineNanos = deadlineNanos;
  }

  CompletionStage<Result> begin() {
    look();
    return result;
  }

  void fail(RingException error) {
    result.completeExceptionally(error);
  }

  // ---- arc by arc

  private void look() {
    looks++;
    told.clear();
    asked.clear();
    silent.clear();
    undecided = 0;
    Neighbourhood around = leaders.refresh();
    for (int arc = open.nextSetBit(0); arc >= 0; arc = open.nextSetBit(arc + 1)) {
      for (Member near : around.nearest(around.view().arcs().centre(arc), nearest)) {
        toAsk(near.id(), arc);
      }
      toAsk(arc, shelf.configuration(arc));
    }
    askAll();
  }

  private void toAsk(int arc, @Nullable Configuration configuration) {
    if (configuration != null) {
      configuration.voters().forEach(voter -> toAsk(voter.node(), arc));
    }
  }

  private void toAsk(Id node, int arc) {
    asked.computeIfAbsent(node, unused -> new BitSet()).set(arc);
  }

  private void askAll() {
    waiting++;
    asked.forEach(this::ask);
    answered();
  }

  private void ask(Id node, BitSet some) {
    waiting++;
    ask(
        node,
        new CopyRequest.Inspect(Span.of(some)),
        CopyReply.Inspected.class,
        inspected -> {
          var voter = new Voter(node, inspected.store());
          for (Copy copy : inspected.copies()) {
            if (some.get(copy.arc()) && copy.configuration() != null) {
              told.computeIfAbsent(copy.arc(), unused -> new TreeMap<>()).put(voter, copy);
            }
          }
        },
        this::answered);
  }

  /**
   * Asks a node.
   *
   * @param answered told of an answer
   * @param ended run then, and without one too; never within the call
   */
  <R> void ask(Id node, CopyRequest request, Class<R> type, Consumer<R> answered, Runnable ended) {
    AskOptions options =
        AskOptions.defaults()
            .within(Duration.ofNanos(Math.max(1, Math.min(left(), ANSWER_MAX.toNanos()))))
            .directly()
            .reading();
    var unused =
        ring.ask(Records.COPY_SERVICE, node, request, CopyReply.class, options)
            .whenComplete(
                (reply, failed) ->
                    ring.scheduler()
                        .execute(
                            () -> {
                              if (type.isInstance(reply)) {
                                answered.accept(type.cast(reply));
                              }
                              ended.run();
                            }));
  }

  /** How much time there is. */
  long left() {
    return deadlineNanos - ring.clock().nanos();
  }

  /** Runs this after a pause, in which what is under way may arrive. */
  void afterPause(Runnable then) {
    ring.scheduler().schedule(PAUSE_NANOS, then);
  }

  private void answered() {
    waiting--;
    if (waiting > 0 || result.isDone()) {
      return;
    }
    var more = new TreeMap<Id, BitSet>();
    for (int arc = open.nextSetBit(0); arc >= 0; arc = open.nextSetBit(arc + 1)) {
      Configuration newest = newest(arc);
      for (Voter voter : newest == null ? List.<Voter>of() : newest.voters()) {
        BitSet before = asked.get(voter.node());
        if (before == null || !before.get(arc)) {
          more.computeIfAbsent(voter.node(), unused -> new BitSet()).set(arc);
        }
      }
    }
    if (more.isEmpty()) {
      judge();
      return;
    }
    waiting++;
    more.forEach(
        (node, some) -> {
          asked.computeIfAbsent(node, unused -> new BitSet()).or(some);
          ask(node, some);
        });
    answered();
  }

  private @Nullable Configuration newest(int arc) {
    Configuration newest = null;
    for (Copy copy : told.getOrDefault(arc, Map.of()).values()) {
      newest = Configuration.newer(newest, copy.configuration());
    }
    return newest;
  }

  private void judge() {
    boolean last = looks == LOOKS_MAX || left() <= PAUSE_NANOS;
    for (int arc = open.nextSetBit(0); arc >= 0; arc = open.nextSetBit(arc + 1)) {
      judge(arc, last);
    }
    if (!last && !open.isEmpty()) {
      afterPause(this::look);
      return;
    }
    searchOn();
  }

  private void judge(int arc, boolean last) {
    Configuration newest = newest(arc);
    if (newest == null || newest.joint()) {
      undecided += last ? 1 : 0;
      return;
    }
    var copies = new TreeMap<Voter, Copy>(told.getOrDefault(arc, Map.of()));
    copies.keySet().retainAll(newest.members());
    boolean whole = copies.size() == newest.members().size();
    boolean equal =
        copies.values().stream()
                .map(copy -> List.of(copy.records(), copy.content()))
                .distinct()
                .count()
            <= 1;
    if (last) {
      for (Voter member : newest.members()) {
        if (!copies.containsKey(member)) {
          silent.merge(member.node(), 1, Integer::sum);
        }
      }
      if (!equal) {
        toSearch.add(arc);
      }
    }
    if (whole && equal) {
      open.clear(arc);
      records += copies.values().iterator().next().records();
    }
  }

  // ---- key by key

  private void searchOn() {
    while (waiting < DISCREPANCIES_AT_ONCE_MAX && !toSearch.isEmpty()) {
      int arc = toSearch.remove();
      var copies = new TreeMap<Voter, Copy>(told.getOrDefault(arc, Map.of()));
      Configuration newest = newest(arc);
      copies.keySet().retainAll(newest == null ? List.of() : newest.members());
      waiting++;
      new Discrepancies(this, arc, List.copyOf(copies.keySet())).find(found -> found(arc, found));
    }
    if (waiting == 0) {
      end();
    }
  }

  private void found(int arc, Discrepancies found) {
    waiting--;
    uneven.addAll(found.uneven());
    if (found.isSure()) {
      boolean whole = found.members().size() == sizeOf(arc);
      if (whole) {
        open.clear(arc);
        records += found.records();
      }
    } else {
      undecided++;
    }
    searchOn();
  }

  private int sizeOf(int arc) {
    Configuration newest = newest(arc);
    return newest == null ? 0 : newest.members().size();
  }

  private void end() {
    result.complete(
        new Result(
            leaders.arcs().count(),
            arcs.cardinality() - open.cardinality(),
            records,
            List.copyOf(uneven),
            silent,
            undecided));
  }
}
