package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Span;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.json.Json;

/**
 * A watch of all keys with a prefix: one question waits at each daddy for all of its arcs, whoever
 * the daddies are. An arc whose daddy does not answer, or leads it no more, is sought elsewhere.
 *
 * <p>All that has to be remembered is here: after which version everything of an arc was told. So
 * no daddy has to know a watcher for longer than a question waits. When changes are missing, all is
 * told anew: of each arc the present values, and then its changes.
 *
 * <p>A listener that is slow is told the next change when it is ready, and until then no further
 * questions are asked: what came meanwhile waits at the daddies for as long as they keep it. On the
 * loop. Bounded by the bytes of one answer for each daddy, which together are {@link
 * #BYTES_AT_ONCE}, or one change.
 */
public final class Lookout {
  /** Bytes of changes that all daddies together may send before they are asked again. */
  private static final long BYTES_AT_ONCE = 1 << 20;

  private static final long BYTES_OF_ONE_MIN = 16 << 10;

  /** How long a daddy has to answer when the wait is over. */
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private static final long STANDS_NANOS = 5_000_000_000L;
  private static final long FIRST_PAUSE_NANOS = 10_000_000;
  private static final int PAUSE_DOUBLINGS_MAX = 6;

  /** So that many changes cost few questions. */
  private static final long GATHER_NANOS = 5_000_000;

  private static final int TOLD_IN_TURN_MAX = 256;

  /** Keys of which it is remembered which version was told, for what may have been told before. */
  private static final int REMEMBERED_MAX = 4_096;

  private static final long NOT = Long.MIN_VALUE;

  private final Ring ring;
  private final Assignment assignment;
  private final Arcs circle;
  private final String space;
  private final String prefix;
  private final Bookmark bookmark;
  private final Listener listener;
  private final Consumer<Lookout> whenOver;
  private final long bytesMax;
  private final long holdNanos;
  private final long silenceNanos;
  private final CompletableFuture<Lookout> begun = new CompletableFuture<>();
  private final Standing standing;

  /** The arcs of which nobody is asked now. */
  private final BitSet idle = new BitSet();

  /** The arcs of which it is not known that somebody leads them. */
  private final BitSet doubted = new BitSet();

  private final ArrayDeque<Answer> answers = new ArrayDeque<>();
  private final Map<String, Long> told = new LinkedHashMap<>();
  private @Nullable SortedMap<Integer, Long> resumed;
  private boolean beginsWhole;
  private boolean beginsWithGap;

  /** Grows with each gap: what was asked before is of no use any more. */
  private int era;

  private int daddies = 1;
  private int rounds;
  private long doubtedSince = NOT;
  private boolean assigning;
  private boolean pausing;

  /** Whether the listener is not ready. */
  private boolean busy;

  private boolean over;

  /** Hears of the changes, on the loop. */
  public interface Listener {
    /**
     * A change.
     *
     * @param value JSON's null for a delete
     * @param bookmark from which the watch can be resumed after this change
     * @return completes when the next may be told
     */
    CompletionStage<?> changed(
        String key, long version, boolean deleted, Json value, String bookmark);

    /**
     * Changes are missing: what there is follows, as if nothing had been told.
     *
     * @param bookmark of nothing: whoever resumes there begins anew
     */
    void gap(String bookmark);

    /** It has ended without being closed. */
    void ended(RingException why);
  }

  /** What came of a question, until all of it was told. */
  private static final class Answer {
    final Assignment.Asked asked;
    final BitSet covered;
    final List<Request.Reach> reached;
    final ArrayDeque<Request.Sighting> untold;
    final int era;

    Answer(Assignment.Asked asked, BitSet covered, Request.Sighted sighted, int era) {
      this.asked = asked;
      this.covered = covered;
      this.reached = sighted.reached();
      this.untold = new ArrayDeque<>(sighted.sightings());
      this.era = era;
    }
  }

  /**
   * Makes one.
   *
   * @param after a bookmark; null to be told what comes from now on; empty for the present values
   *     and then what comes
   * @throws RingException.InvalidInput if it is no bookmark
   */
  Lookout(
      Ring ring,
      Assignment assignment,
      String space,
      String prefix,
      @Nullable String after,
      long bytesMax,
      Listener listener,
      Consumer<Lookout> whenOver) {
    this.ring = ring;
    this.assignment = assignment;
    this.circle = ring.view().arcs();
    this.space = space;
    this.prefix = prefix;
    this.standing = new Standing(circle.count());
    this.bookmark = new Bookmark(ring.identity(), space, prefix, circle.count());
    this.listener = listener;
    this.whenOver = whenOver;
    this.bytesMax = bytesMax;
    this.holdNanos =
        Math.min(
            ring.settings().get(DhtSettings.WATCH_HOLD),
            Duration.ofMillis(Request.Watch.HOLD_MILLIS_MAX).toNanos());
    this.silenceNanos = ring.settings().get(DhtSettings.WATCH_SILENCE);
    this.beginsWhole = after != null;
    if (after != null && !after.isEmpty()) {
      this.resumed = bookmark.positions(after);
      this.beginsWithGap = resumed == null;
      this.beginsWhole = resumed == null;
    }
  }

  /** From where the watch can be resumed after what was told last. On the loop. */
  public String bookmark() {
    return beginsWhole ? bookmark.textOfNone() : standing.text(bookmark);
  }

  /** Ends it: nothing more is told. On the loop. */
  public void close() {
    if (!over) {
      over = true;
      answers.clear();
      whenOver.accept(this);
    }
  }

  /** Completes when it is known of every arc where the watch begins. */
  CompletionStage<Lookout> begin() {
    all(idle);
    all(doubted);
    doubtedSince = ring.clock().nanos();
    round();
    return begun;
  }

  private void all(BitSet arcs) {
    arcs.set(0, circle.count());
  }

  // ---- who is asked

  private void round() {
    if (over || assigning || pausing || idle.isEmpty()) {
      return;
    }
    assigning = true;
    rounds++;
    BitSet wanted = (BitSet) idle.clone();
    assignment.assign(
        wanted,
        () -> over,
        asked -> {
          assigning = false;
          if (over) {
            return;
          }
          if (wanted.cardinality() == circle.count()) {
            daddies = asked.size();
          }
          for (Assignment.Asked one : asked) {
            one.arcs().and(idle);
            idle.andNot(one.arcs());
            ask(one);
          }
          round();
        });
  }

  private void roundLater() {
    if (over || pausing || idle.isEmpty()) {
      return;
    }
    long now = ring.clock().nanos();
    long patience = begun.isDone() ? silenceNanos : Math.min(STANDS_NANOS, silenceNanos);
    if (doubtedSince != NOT && now - doubtedSince >= patience) {
      end(
          new RingException.Unavailable(
              "Of "
                  + doubted.cardinality()
                  + " of "
                  + circle.count()
                  + " arcs nobody tells the changes."
                  + assignment.failures()));
      return;
    }
    pausing = true;
    long pause = FIRST_PAUSE_NANOS << Math.min(rounds, PAUSE_DOUBLINGS_MAX);
    pause = pause / 2 + ring.randomness().below(pause / 2);
    ring.scheduler()
        .schedule(
            pause,
            () -> {
              pausing = false;
              round();
            });
  }

  private void ask(Assignment.Asked asked) {
    if (asked.arcs().isEmpty()) {
      return;
    }
    long hold = asked.arcs().intersects(doubted) ? 0 : holdNanos;
    long room = Math.max(BYTES_OF_ONE_MIN, BYTES_AT_ONCE / daddies);
    var question =
        new Request.WatchArcs(
            space,
            prefix,
            standing.marks(asked.arcs()),
            Math.min(bytesMax, room),
            Duration.ofNanos(hold).toMillis(),
            asked.firmly());
    AskOptions options =
        AskOptions.defaults().within(Duration.ofNanos(hold).plus(ANSWER)).directly().reading();
    int asking = era;
    var unused =
        ring.ask(Records.SERVICE, asked.node(), question, Request.Sighted.class, options)
            .whenComplete(
                (sighted, error) ->
                    // Never within the call, so that one turn does not ask and answer on and on.
                    ring.scheduler().execute(() -> answered(asked, asking, sighted, error)));
  }

  // ---- what they answer

  private void answered(
      Assignment.Asked asked,
      int asking,
      Request.@Nullable Sighted sighted,
      @Nullable Throwable error) {
    if (over || asking != era) {
      return;
    }
    if (sighted == null) {
      failed(
          asked,
          error == null ? new RingException.Closed("The node closed.") : Assignment.reason(error));
      return;
    }
    BitSet covered = Span.set(sighted.covered(), circle.count());
    BitSet foreign = Span.set(sighted.foreign(), circle.count());
    covered.and(asked.arcs());
    foreign.and(asked.arcs());
    foreign.andNot(covered);
    if (!isSound(sighted, covered)) {
      failed(asked, new RingException.InvalidInput("It sent what is no answer."));
      return;
    }
    assignment.disowned(foreign);
    assignment.owned(covered);
    var lost = (BitSet) asked.arcs().clone();
    lost.andNot(covered);
    doubt(lost);
    trust(covered);
    if (!begun.isDone()) {
      place(sighted, covered);
      roundLater();
      return;
    }
    answers.add(new Answer(asked, covered, sighted, asking));
    tell();
    roundLater();
  }

  private void failed(Assignment.Asked asked, RingException why) {
    if (why instanceof RingException.Closed || why instanceof RingException.Incompatible) {
      end(why);
      return;
    }
    assignment.failed(asked, why);
    doubt(asked.arcs());
    roundLater();
  }

  private void doubt(BitSet arcs) {
    idle.or(arcs);
    doubted.or(arcs);
    if (doubtedSince == NOT && !doubted.isEmpty()) {
      doubtedSince = ring.clock().nanos();
    }
  }

  private void trust(BitSet arcs) {
    doubted.andNot(arcs);
    if (doubted.isEmpty()) {
      doubtedSince = NOT;
      rounds = 0;
    }
  }

  private boolean isSound(Request.Sighted sighted, BitSet covered) {
    for (Request.Reach reach : sighted.reached()) {
      if (reach.arc() < 0
          || !covered.get(reach.arc())
          || reach.position() < 0
          || reach.position() > Versions.MAX) {
        return false;
      }
    }
    try {
      for (Request.Sighting one : sighted.sightings()) {
        Keys.checkKey(one.key());
        if (!one.key().startsWith(prefix)
            || one.version() < 1
            || one.version() > Versions.MAX
            || !covered.get(arcOf(one.key()))) {
          return false;
        }
      }
    } catch (RingException.InvalidInput unsound) {
      return false;
    }
    return true;
  }

  private int arcOf(String key) {
    return circle.indexOf(Keys.id(space, key));
  }

  // ---- the beginning

  private void place(Request.Sighted sighted, BitSet covered) {
    if (standing.place(sighted.reached(), covered)) {
      stand();
    } else {
      // They wait for the others, whoever leads them then.
      idle.andNot(covered);
    }
  }

  private void stand() {
    SortedMap<Integer, Long> from = resumed;
    if (from != null) {
      standing.resume(from);
      resumed = null;
    } else if (beginsWhole) {
      standing.beginAnew();
    }
    beginsWhole = false;
    begun.complete(this);
    if (beginsWithGap && !over) {
      heardGap();
    }
    all(idle);
    // Not within the answer: whoever waited for this has not been told yet that it stands.
    ring.scheduler().execute(this::round);
  }

  // ---- telling

  private void tell() {
    int count = 0;
    while (!over && !busy && !answers.isEmpty()) {
      Answer first = answers.element();
      if (first.era != era) {
        answers.remove();
      } else if (first.untold.isEmpty()) {
        answers.remove();
        reach(first);
      } else if (count == TOLD_IN_TURN_MAX) {
        goOnTelling();
        return;
      } else {
        count++;
        tell(first.untold.remove());
      }
    }
  }

  private void goOnTelling() {
    busy = true;
    ring.scheduler()
        .execute(
            () -> {
              busy = false;
              tell();
            });
  }

  private void tell(Request.Sighting one) {
    int arc = arcOf(one.key());
    boolean known =
        one.again()
            ? told.getOrDefault(one.key(), 0L) >= one.version()
            : standing.isTold(arc, one.version());
    if (known) {
      return;
    }
    if (!one.again()) {
      standing.told(arc, one.version());
    }
    told.remove(one.key());
    told.put(one.key(), one.version());
    if (told.size() > REMEMBERED_MAX) {
      told.remove(told.keySet().iterator().next());
    }
    CompletableFuture<?> ready;
    try {
      ready =
          listener
              .changed(one.key(), one.version(), one.deleted(), one.value(), bookmark())
              .toCompletableFuture();
    } catch (RuntimeException | Error thrown) {
      end(failure(thrown));
      return;
    }
    if (ready.isDone() && !ready.isCompletedExceptionally()) {
      return;
    }
    busy = true;
    var unused =
        ready.whenComplete(
            (done, error) ->
                ring.scheduler()
                    .execute(
                        () -> {
                          busy = false;
                          if (error != null) {
                            end(failure(error));
                          } else {
                            tell();
                          }
                        }));
  }

  private static RingException failure(Throwable thrown) {
    return new RingException.HandlerFailed("The listener of a watch failed: " + thrown);
  }

  /** All of an answer was told: its arcs stand where it says, and their daddy is asked again. */
  private void reach(Answer answer) {
    if (standing.reach(answer.reached)) {
      beginAnew();
      return;
    }
    var again = new Assignment.Asked(answer.asked.node(), answer.covered, false);
    boolean changed = !answer.reached.isEmpty();
    int asking = era;
    Runnable next =
        () -> {
          if (!over && asking == era) {
            ask(again);
          }
        };
    if (changed) {
      ring.scheduler().schedule(GATHER_NANOS, next);
    } else {
      next.run();
    }
  }

  private void beginAnew() {
    era++;
    answers.clear();
    told.clear();
    standing.beginAnew();
    heardGap();
    all(idle);
    round();
  }

  private void heardGap() {
    try {
      listener.gap(bookmark.textOfNone());
    } catch (RuntimeException | Error thrown) {
      end(failure(thrown));
    }
  }

  /** The node closed, or nobody answers. */
  void end(RingException why) {
    if (over) {
      return;
    }
    close();
    if (!begun.completeExceptionally(why)) {
      listener.ended(why);
    }
  }
}
