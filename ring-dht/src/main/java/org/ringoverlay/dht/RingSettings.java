package org.ringoverlay.dht;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.arc.Charters;
import org.ringoverlay.dht.internal.arc.Churn;
import org.ringoverlay.dht.internal.arc.DhtSettings;
import org.ringoverlay.dht.internal.arc.Keys;
import org.ringoverlay.dht.internal.arc.Records;
import org.ringoverlay.dht.internal.wire.Charter;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Rules;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.Member;

/**
 * The settings that hold in the whole ring: how many copies it keeps, and what holds in which
 * namespace. They are one of its records, linearizable as all are, and changed while it runs.
 *
 * <p>Every node watches that record and obeys what it heard last. A change is acknowledged when the
 * record holds it; a node that is cut off obeys the former settings until it hears of it.
 *
 * <p>Any thread; nothing blocks. Stages complete on the node's loop and fail as reads and writes of
 * {@link Dht} do.
 */
public final class RingSettings {
  private static final Duration TALLY_TIMEOUT = Duration.ofSeconds(3);

  /** Nodes that are asked at once for their tallies. */
  private static final int ASKED_AT_ONCE = 32;

  private final Ring ring;
  private final Records records;
  private final double target;
  private final Charters charters;
  private final Caller caller;

  /** The ring's own records. */
  final Dht own;

  RingSettings(Ring ring, Records records, Caller caller) {
    this.ring = ring;
    this.records = records;
    this.target = DhtSettings.durabilityTarget(ring.settings());
    this.charters = records.charters();
    this.caller = caller;
    this.own = new Dht(ring, records, caller, Keys.RING_SPACE, this);
    charters.whenInRing(new SettingsReader(ring, caller, this, charters)::begin);
  }

  /** How many copies the ring wants. */
  public CompletionStage<Integer> copies() {
    return read().thenApply(Charter::copies);
  }

  /**
   * Has the ring keep another number of copies. The daddies change the members of their arcs one
   * after the other, as many at once as {@code ring.dht.moves.max} says; {@link #progress} tells
   * how far they are. A ring of fewer nodes keeps as many copies as it has nodes until more come.
   *
   * @param copies 1, 3, 5 or 7
   * @return the number, when the ring's record holds it. Fails with {@code InvalidInput} if it is
   *     no such number
   */
  public CompletionStage<Integer> changeCopies(int copies) {
    if (!Charter.areCopies(copies)) {
      throw new RingException.InvalidInput("A ring keeps 1, 3, 5 or 7 copies, not " + copies + ".");
    }
    return change(charter -> charter.keeping(copies)).thenApply(Charter::copies);
  }

  /**
   * The rules of a namespace.
   *
   * @throws RingException.InvalidInput if the name is none
   */
  public CompletionStage<NamespaceRules> rules(String namespace) {
    Keys.checkSpace(namespace);
    return read().thenApply(charter -> shown(charter.of(namespace)));
  }

  /**
   * Changes the rules of a namespace. Each node obeys them from when it hears of them, at most a
   * moment later where nothing fails; values that were there before stay as they are.
   *
   * @param change from the present rules to the new ones; it may run several times
   * @return the new rules, when the ring's record holds them
   * @throws RingException.InvalidInput if the name is none
   */
  public CompletionStage<NamespaceRules> changeRules(
      String namespace, UnaryOperator<NamespaceRules> change) {
    Keys.checkSpace(namespace);
    return change(
            charter -> charter.ruling(namespace, kept(change.apply(shown(charter.of(namespace))))))
        .thenApply(charter -> shown(charter.of(namespace)));
  }

  private static NamespaceRules shown(Rules rules) {
    return new NamespaceRules(
        rules.ttlMillis() == 0
            ? Optional.empty()
            : Optional.of(Duration.ofMillis(rules.ttlMillis())),
        rules.valueBytesMax() == 0 ? OptionalLong.empty() : OptionalLong.of(rules.valueBytesMax()));
  }

  private static Rules kept(NamespaceRules rules) {
    return new Rules(
        rules.ttl().map(Duration::toMillis).orElse(0L), rules.valueBytesMax().orElse(0));
  }

  private CompletionStage<Charter> read() {
    return own.get(Charters.KEY)
        .thenApply(
            found ->
                found.value().map(value -> value.as(Charter.class)).orElseGet(charters::first));
  }

  private CompletionStage<Charter> change(UnaryOperator<Charter> change) {
    return own.update(Charters.KEY, old -> changed(old, change))
        .thenApply(
            written -> {
              Charter charter =
                  written.value().orElseThrow(IllegalStateException::new).as(Charter.class);
              charters.heard(written.version(), charter);
              return charter;
            });
  }

  /** What other versions of this program wrote beside it stays. */
  private Json changed(@Nullable Json old, UnaryOperator<Charter> change) {
    Charter before = old == null ? charters.first() : old.as(Charter.class);
    Charter after = change.apply(before);
    var namespaces = new TreeMap<>(after.namespaces());
    namespaces
        .entrySet()
        .removeIf(each -> each.getValue().equals(Rules.NONE) && isPlain(old, each.getKey()));
    Charter next = new Charter(after.copies(), namespaces).check();
    return old == null ? Json.of(next) : old.merge(next);
  }

  /** Whether nothing is said of a namespace that this version of the program does not know. */
  private static boolean isPlain(@Nullable Json old, String namespace) {
    String pointer = "/namespaces/" + namespace.replace("~", "~0").replace("/", "~1");
    Json rules = old == null ? null : old.at(pointer).orElse(null);
    return rules == null || rules.equals(Json.of(rules.as(Rules.class)));
  }

  /** Makes the record if there is none: what the first node was started with holds. */
  CompletionStage<Void> make() {
    Charter first = charters.first();
    return own.putIfAbsent(Charters.KEY, Json.of(first))
        .thenAccept(written -> charters.heard(written.version(), first));
  }

  /**
   * Asks all nodes that this one knows how many of their arcs have as many members as they should.
   *
   * @return what those said that answered within three seconds
   */
  public CompletionStage<Copies> progress() {
    return caller.onLoop(() -> new Progress().ask());
  }

  /**
   * How likely records are lost, as far as this node can tell from what it has seen since it
   * started, and how many copies would do.
   */
  public CompletionStage<Durability> durability() {
    return caller.onLoop(
        () -> {
          Churn.Seen seen = records.seenOfDeaths();
          return CompletableFuture.completedFuture(
              Durability.of(
                  seen.nodeNanos(),
                  seen.losses(),
                  seen.repairs() == 0
                      ? DhtSettings.repairNanosMin(ring.settings())
                      : seen.repairNanos(),
                  seen.repairs(),
                  seen.nodes(),
                  ring.view().arcs().count(),
                  target));
        });
  }

  /** Asks one node after the other, a few at a time. On the loop. */
  private final class Progress {
    private final CompletableFuture<Copies> all = new CompletableFuture<>();
    private final List<Id> silent = new ArrayList<>();
    private List<Id> nodes = List.of();
    private int asked;
    private int answered;
    private int led;
    private int below;
    private int above;

    CompletionStage<Copies> ask() {
      nodes =
          ring.view().members().stream()
              .filter(member -> member.state().isPresent() && member.offers(Records.SERVICE))
              .map(Member::id)
              .toList();
      for (int next = 0; next < Math.min(ASKED_AT_ONCE, nodes.size()); next++) {
        askNext();
      }
      endIfAll();
      return all;
    }

    private void askNext() {
      if (asked == nodes.size()) {
        return;
      }
      Id node = nodes.get(asked++);
      AskOptions options = AskOptions.defaults().within(TALLY_TIMEOUT).directly().reading();
      ring.ask(Records.SERVICE, node, new Request.Tally(), Request.Tallied.class, options)
          .whenComplete((tallied, error) -> heard(node, tallied));
    }

    private void heard(Id node, Request.@Nullable Tallied tallied) {
      answered++;
      if (tallied == null) {
        silent.add(node);
      } else {
        led += tallied.led();
        below += tallied.below();
        above += tallied.above();
      }
      askNext();
      endIfAll();
    }

    private void endIfAll() {
      if (answered == nodes.size()) {
        all.complete(
            new Copies(charters.copies(), ring.view().arcs().count(), led, below, above, silent));
      }
    }
  }
}
