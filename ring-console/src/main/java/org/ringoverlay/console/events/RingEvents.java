package org.ringoverlay.console.events;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.error.Printable;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * Hears a node and writes down what a person wants to know of its ring: who came, joined, was
 * suspected, refuted it, died or left and why, how large the ring is, and what went wrong.
 *
 * <p>What others can cause without end (troubles, refused frames, slow handlers) is written down at
 * most {@value #PER_SECOND_MAX} times a second for each kind, and the same trouble or refusal every
 * {@value #REPEATED_AFTER_SECONDS} seconds; the next one of the kind says how many were left out.
 * Any thread.
 */
public final class RingEvents implements RingObserver {
  static final int PER_SECOND_MAX = 2;
  static final int REPEATED_AFTER_SECONDS = 10;
  private static final int WORDS_MAX = 64;
  private static final int TEXT_CHARS_MAX = 300;
  private static final int STACK_CHARS_MAX = 2_000;

  private final EventLog log;
  private final InstantSource clock;
  private final Map<Id, Change> changes = new ConcurrentHashMap<>();
  private final Throttle troubles = new Throttle();
  private final Throttle frames = new Throttle();
  private final Throttle handlers = new Throttle();
  private volatile @Nullable Size told;

  /** Why a member is in its state, and since when. */
  public record Change(String cause, Instant at) {}

  /** What is told of a view, so that a view that differs in nothing of it is not told. */
  private record Size(int members, int alive, long estimate, boolean complete) {}

  /** Lets so many through in a second, and counts the others. */
  private static final class Throttle {
    private long second;
    private int passed;
    private long leftOut;
    private final Map<String, Instant> said = new LinkedHashMap<>();

    /**
     * How many were left out before this one, or −1 if this one is.
     *
     * @param words what would be said, if to say the same again soon tells nobody anything
     */
    synchronized long pass(Instant now, @Nullable String words) {
      if (words != null && isRepeated(now, words)) {
        leftOut++;
        return -1;
      }
      long before = pass(now);
      if (words != null && before >= 0) {
        said.remove(words);
        said.put(words, now);
        if (said.size() > WORDS_MAX) {
          said.remove(said.keySet().iterator().next());
        }
      }
      return before;
    }

    private boolean isRepeated(Instant now, String words) {
      Instant last = said.get(words);
      return last != null && now.isBefore(last.plusSeconds(REPEATED_AFTER_SECONDS));
    }

    private long pass(Instant now) {
      if (now.getEpochSecond() != second) {
        second = now.getEpochSecond();
        passed = 0;
      }
      if (passed == PER_SECOND_MAX) {
        leftOut++;
        return -1;
      }
      passed++;
      long before = leftOut;
      leftOut = 0;
      return before;
    }
  }

  /** Writes into a log, with the times of a clock. */
  public RingEvents(EventLog log, InstantSource clock) {
    this.log = log;
    this.clock = clock;
  }

  /** Where the events are. */
  public EventLog log() {
    return log;
  }

  /** Why a member that is present is in its state; empty if that was not heard. */
  public Optional<Change> changeOf(Id member) {
    return Optional.ofNullable(changes.get(member));
  }

  @Override
  public void memberChanged(Id node, MemberEvent event) {
    Member member = event.member();
    Instant now = now();
    String cause = Printable.text(event.cause(), TEXT_CHARS_MAX);
    if (member.state().isPresent()) {
      changes.put(member.id(), new Change(cause, now));
    } else {
      changes.remove(member.id());
    }
    MemberState before = event.before();
    var fields = begin(now, kind(before, member.state()));
    fields.put("node", member.id().toString());
    fields.put("before", before == null ? null : name(before));
    fields.put("state", name(member.state()));
    fields.put("cause", cause);
    fields.put("listen", Printable.text(member.address(), TEXT_CHARS_MAX));
    fields.put(
        "http", member.http().isEmpty() ? null : Printable.text(member.http(), TEXT_CHARS_MAX));
    fields.put("incarnation", member.incarnation());
    add(fields);
  }

  private static String kind(@Nullable MemberState before, MemberState now) {
    return switch (now) {
      case JOINING -> "came";
      case ALIVE ->
          before == MemberState.SUSPECT || before == MemberState.DEAD ? "refuted" : "joined";
      case SUSPECT -> "suspected";
      case DEAD -> "died";
      case LEFT -> "left";
    };
  }

  private static String name(MemberState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void viewChanged(RingView view) {
    int members = view.members().size();
    // A pruned table forgets members without a word, so what is remembered of them goes after them.
    if (changes.size() > 2 * members + 64) {
      changes.keySet().removeIf(id -> view.find(id).isEmpty());
    }
    var size = new Size(members, view.aliveCount(), view.sizeEstimate(), view.isComplete());
    if (size.equals(told)) {
      return;
    }
    told = size;
    var fields = begin(now(), "view");
    fields.put("members", size.members());
    fields.put("alive", size.alive());
    fields.put("estimate", size.estimate());
    fields.put("complete", size.complete());
    add(fields);
  }

  @Override
  public void slowHandler(String service, long nanos, String stack) {
    Instant now = now();
    long leftOut = handlers.pass(now, null);
    if (leftOut >= 0) {
      var fields = begin(now, "slow-handler");
      fields.put("service", Printable.text(service, TEXT_CHARS_MAX));
      fields.put("millis", nanos / 1_000_000);
      fields.put("over", stack.isEmpty());
      // A line of a stack is told from the next by a bar, because a line end would be a blank.
      fields.put("stack", Printable.text(stack.strip().replace("\n", " | "), STACK_CHARS_MAX));
      fields.put("leftOut", leftOut);
      add(fields);
    }
  }

  @Override
  public void refusedFrame(String remote, String reason) {
    Instant now = now();
    long leftOut = frames.pass(now, remote + ' ' + reason);
    if (leftOut >= 0) {
      var fields = begin(now, "refused-frame");
      fields.put("remote", Printable.text(remote, TEXT_CHARS_MAX));
      fields.put("cause", Printable.text(reason, TEXT_CHARS_MAX));
      fields.put("leftOut", leftOut);
      add(fields);
    }
  }

  @Override
  public void trouble(Id node, String what) {
    Instant now = now();
    long leftOut = troubles.pass(now, what);
    if (leftOut >= 0) {
      var fields = begin(now, "trouble");
      fields.put("cause", Printable.text(what, TEXT_CHARS_MAX));
      fields.put("leftOut", leftOut);
      add(fields);
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static JsonObject begin(Instant at, String kind) {
    return new JsonObject().put("at", at.toString()).put("kind", kind);
  }

  private void add(JsonObject fields) {
    log.add(fields.bytes());
  }
}
