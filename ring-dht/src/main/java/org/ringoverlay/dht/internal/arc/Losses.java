package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Span;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/**
 * Finds the arcs that have lost a majority of their members for ever, as an operator says, and has
 * a survivor of each go on.
 *
 * <p>Every node of the ring says what it keeps and knows of each arc; one that does not answer
 * stops all, for it may be a survivor. Nothing is given up but what the operator named: an arc of
 * which another silent node is a member is left as it is. On the loop.
 */
public final class Losses {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int AT_ONCE_MAX = 4;

  private final Ring ring;
  private final Leaders leaders;

  /** What became of an arc. */
  public enum State {
    /** It would be recovered. */
    LOST,
    /** It was. */
    RECOVERED,
    /** It is lost, and cannot be recovered so. */
    REFUSED
  }

  /**
   * An arc that has lost its majority.
   *
   * @param epoch of the configuration that is given up, 0 if nobody knows it
   * @param survivors its members that are in the ring with their copies
   * @param lost its members that are not
   * @param keys how many records the survivors hold; while it is only looked at, one of them
   * @param newest the newest version among these
   * @param why why it was refused, empty if it was not
   */
  public record Loss(
      int arc,
      State state,
      long epoch,
      List<Id> survivors,
      List<Id> lost,
      long keys,
      long newest,
      String why) {
    /** Copies the lists. */
    public Loss {
      survivors = List.copyOf(survivors);
      lost = List.copyOf(lost);
    }

    Loss recovered(Request.Salvaged salvaged) {
      return new Loss(
          arc, State.RECOVERED, epoch, survivors, lost, salvaged.keys(), salvaged.newest(), "");
    }

    Loss refused(String reason) {
      return new Loss(arc, State.REFUSED, epoch, survivors, lost, keys, newest, reason);
    }
  }

  Losses(Ring ring, Leaders leaders) {
    this.ring = ring;
    this.leaders = leaders;
  }

  /** Finds them, and has their survivors go on if that is confirmed. */
  CompletionStage<List<Loss>> recover(
      Collection<Id> lost, Collection<Integer> arcs, boolean confirmed, long deadlineNanos) {
    for (Id node : lost) {
      if (ring.view().find(node).filter(Losses::isPresent).isPresent()) {
        throw new RingException.InvalidInput(
            "Node " + node + " is in the ring: only who is gone for ever is given up.");
      }
    }
    var wanted = new BitSet();
    arcs.forEach(
        arc -> {
          Soundness.checkArc(leaders.arcs(), arc);
          wanted.set(arc);
        });
    if (wanted.isEmpty()) {
      wanted.set(0, leaders.arcs().count());
    }
    var survey = new Survey(new TreeSet<>(lost), wanted, confirmed, deadlineNanos);
    survey.begin();
    return survey.done;
  }

  private static boolean isPresent(Member member) {
    return member.state() == MemberState.ALIVE || member.state() == MemberState.SUSPECT;
  }

  /** One look at all arcs, and what is done about them. */
  private final class Survey {
    private final Set<Id> given;
    private final BitSet wanted;
    private final boolean confirmed;
    private final long deadlineNanos;
    private final CompletableFuture<List<Loss>> done = new CompletableFuture<>();
    private final ArrayDeque<Question> questions = new ArrayDeque<>();

    /** The members of the ring with the stores that they keep. */
    private final TreeMap<Id, Voter> present = new TreeMap<>();

    private final TreeMap<Integer, Known> known = new TreeMap<>();
    private final List<Loss> losses = new ArrayList<>();
    private final ArrayDeque<Rescue> rescues = new ArrayDeque<>();
    private int open;

    Survey(Set<Id> given, BitSet wanted, boolean confirmed, long deadlineNanos) {
      this.given = given;
      this.wanted = wanted;
      this.confirmed = confirmed;
      this.deadlineNanos = deadlineNanos;
    }

    void begin() {
      for (Member member : ring.view().members()) {
        if (isPresent(member) && member.offers(Records.COPY_SERVICE)) {
          for (BitSet some : inParts()) {
            questions.add(new Question(member.id(), some));
          }
        }
      }
      askOn();
    }

    private List<BitSet> inParts() {
      var parts = new ArrayList<BitSet>();
      var part = new BitSet();
      for (int arc = wanted.nextSetBit(0); arc >= 0; arc = wanted.nextSetBit(arc + 1)) {
        part.set(arc);
        if (part.cardinality() == Request.Inventory.ARCS_MAX) {
          parts.add(part);
          part = new BitSet();
        }
      }
      if (!part.isEmpty()) {
        parts.add(part);
      }
      return parts;
    }

    private void askOn() {
      while (open < AT_ONCE_MAX && !questions.isEmpty() && !done.isDone()) {
        Question next = questions.remove();
        open++;
        ask(next);
      }
      if (open == 0 && questions.isEmpty() && !done.isDone()) {
        judge();
      }
    }

    private void ask(Question question) {
      var unused =
          ring.ask(
                  Records.SERVICE,
                  question.node,
                  new Request.Inventory(Span.of(question.arcs)),
                  Request.Inventoried.class,
                  AskOptions.defaults().within(PATIENCE).directly().reading())
              .whenComplete(
                  (told, error) ->
                      ring.scheduler()
                          .execute(
                              () -> {
                                open--;
                                if (error != null) {
                                  done.completeExceptionally(
                                      new RingException.Unavailable(
                                          "Node "
                                              + question.node
                                              + " does not say what it keeps, and may be a survivor: "
                                              + Assignment.reason(error).getMessage()));
                                } else {
                                  hear(question, told);
                                }
                                askOn();
                              }));
    }

    private void hear(Question question, Request.Inventoried told) {
      var voter = new Voter(question.node, told.store());
      present.put(question.node, voter);
      for (Request.Holding holding : told.holdings()) {
        Configuration configuration = holding.configuration();
        if (configuration != null && question.arcs.get(holding.arc())) {
          known
              .computeIfAbsent(holding.arc(), unused -> new Known())
              .hear(voter, configuration, holding);
        }
      }
    }

    private void judge() {
      for (int arc = wanted.nextSetBit(0); arc >= 0; arc = wanted.nextSetBit(arc + 1)) {
        Known all = known.get(arc);
        if (all == null) {
          losses.add(
              new Loss(
                  arc,
                  State.REFUSED,
                  0,
                  List.of(),
                  List.of(),
                  0,
                  0,
                  "No node of the ring knows who kept it."));
        } else {
          judge(arc, all);
        }
      }
      if (confirmed) {
        rescueOn();
      } else {
        rescues.forEach(rescue -> losses.add(rescue.loss));
        end();
      }
    }

    private void judge(int arc, Known all) {
      Configuration configuration = all.configuration();
      var survivors = new ArrayList<Voter>();
      var missing = new ArrayList<Voter>();
      var unnamed = new ArrayList<Voter>();
      for (Voter voter : configuration.voters()) {
        Voter here = present.get(voter.node());
        if (voter.equals(here)) {
          survivors.add(voter);
        } else {
          missing.add(voter);
          if (here == null && !given.contains(voter.node())) {
            unnamed.add(voter);
          }
        }
      }
      var returning = new ArrayList<>(survivors);
      returning.addAll(unnamed);
      boolean begun = all.generation() > Versions.generationOf(configuration.round());
      if (configuration.isQuorum(returning) && !(begun && unnamed.isEmpty())) {
        // It can decide, or could when those who are only silent are back.
        return;
      }
      long newest = 0;
      long keys = 0;
      for (Voter voter : survivors) {
        Request.Holding holding = all.holdings.get(voter);
        if (holding != null) {
          keys = Math.max(keys, holding.keys());
          newest = Math.max(newest, holding.newest());
        }
      }
      var loss =
          new Loss(
              arc,
              State.LOST,
              configuration.epoch(),
              nodes(survivors),
              nodes(missing),
              keys,
              newest,
              "");
      long round = Versions.firstOf(all.generation() + 1);
      if (!unnamed.isEmpty()) {
        losses.add(
            loss.refused(
                "These are silent and were not named as lost: "
                    + String.join(", ", nodes(unnamed).stream().map(Id::toString).toList())));
      } else if (round == Versions.EXHAUSTED) {
        losses.add(loss.refused("It was recovered as often as it can be."));
      } else {
        Id heir = heir(arc, configuration, survivors);
        rescues.add(
            new Rescue(loss, heir, new Request.Salvage(arc, configuration, survivors, round)));
      }
    }

    /** Who should lead of the survivors, or of all if there is none. */
    private Id heir(int arc, Configuration configuration, List<Voter> survivors) {
      Neighbourhood around = leaders.refresh();
      if (survivors.isEmpty()) {
        return around.nearest(leaders.arcs().centre(arc), 1).get(0).id();
      }
      List<Id> nodes = nodes(survivors);
      return leaders.preferred(arc, configuration).stream()
          .filter(nodes::contains)
          .findFirst()
          .orElse(nodes.get(0));
    }

    private void rescueOn() {
      while (open < AT_ONCE_MAX && !rescues.isEmpty()) {
        Rescue next = rescues.remove();
        long left = deadlineNanos - ring.clock().nanos();
        if (left <= 0) {
          losses.add(next.loss.refused("There was no time left for it: ask again."));
        } else {
          open++;
          rescue(next, Duration.ofNanos(Math.min(left, PATIENCE.toNanos())));
        }
      }
      if (open == 0) {
        end();
      }
    }

    private void rescue(Rescue rescue, Duration patience) {
      var unused =
          ring.ask(
                  Records.SERVICE,
                  rescue.heir,
                  rescue.request,
                  Request.Salvaged.class,
                  AskOptions.defaults().within(patience).directly())
              .whenComplete(
                  (salvaged, error) ->
                      ring.scheduler()
                          .execute(
                              () -> {
                                open--;
                                losses.add(
                                    error == null
                                        ? rescue.loss.recovered(salvaged)
                                        : rescue.loss.refused(
                                            String.valueOf(Assignment.reason(error).getMessage())));
                                rescueOn();
                              }));
    }

    private void end() {
      losses.sort((one, other) -> Integer.compare(one.arc(), other.arc()));
      done.complete(List.copyOf(losses));
    }
  }

  private static List<Id> nodes(List<Voter> voters) {
    return voters.stream().map(Voter::node).distinct().toList();
  }

  /** A question for some arcs to one node. */
  private record Question(Id node, BitSet arcs) {}

  /** An arc that can be recovered, and how. */
  private record Rescue(Loss loss, Id heir, Request.Salvage request) {}

  /** What the ring knows of an arc. */
  private static final class Known {
    final Map<Voter, Request.Holding> holdings = new TreeMap<>();
    private @Nullable Configuration newest;
    private long roundMax;

    void hear(Voter voter, Configuration configuration, Request.Holding holding) {
      holdings.put(voter, holding);
      newest = Configuration.newer(newest, configuration);
      roundMax = Math.max(roundMax, Math.max(holding.promised(), configuration.round()));
    }

    Configuration configuration() {
      return Objects.requireNonNull(newest);
    }

    long generation() {
      return Versions.generationOf(roundMax);
    }
  }
}
