package org.ringoverlay.internal.call;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Envelope;

/**
 * Remembers the answers to requests, so that a repeat gets the first answer and no handler runs
 * twice.
 *
 * <p>One window per asker and incarnation. The asker says with each request below which number it
 * waits for nothing any more (RIFL, Lee et al., SOSP 2015, section 3.3); those answers go at once.
 * Beyond that the whole is bounded in answers, bytes, askers and age; what had to be forgotten
 * early is known by its number, and a repeat of it is told that its outcome is unknown instead of
 * running again. Once a whole asker had to be forgotten its numbers are gone with it; from then on
 * a repeat from an asker that seems new, and of which nothing is known, is told so too.
 *
 * <p>On the loop; plain state, time is an argument.
 */
final class Repeats {
  /**
   * The bounds.
   *
   * @param answersMax answers remembered, of all askers
   * @param bytesMax bytes of these answers
   * @param askersMax askers remembered
   * @param ageMaxNanos how long an answer is kept at most
   */
  record Limits(int answersMax, long bytesMax, int askersMax, long ageMaxNanos) {}

  /** What a request is. */
  sealed interface Found {
    /** Never seen: run it, then say {@link Repeats#done}. */
    record First() implements Found {}

    /** In work: its answer will go out when there is one. */
    record InWork() implements Found {}

    /** Answered before, like this. */
    record Answered(Envelope answer) implements Found {}

    /** Older than the window: whether it ran is not known any more. */
    record Forgotten() implements Found {}

    /** The asker has said that it no longer waits for it. */
    record Stale() implements Found {}
  }

  private static final int SWEEP_SLACK = 64;
  private static final Found FIRST = new Found.First();
  private static final Found IN_WORK = new Found.InWork();
  private static final Found FORGOTTEN = new Found.Forgotten();
  private static final Found STALE = new Found.Stale();

  private record Asker(Id id, long incarnation) {}

  private static final class Slot {
    final Window window;
    final long sequence;
    long attempts;
    @Nullable Envelope answer;
    long answeredAt;

    Slot(Window window, long sequence) {
      this.window = window;
      this.sequence = sequence;
    }
  }

  private static final class Window {
    // In the order in which they came, which is nearly that of their numbers.
    final LinkedHashMap<Long, Slot> slots = new LinkedHashMap<>();
    final boolean mayHaveBeenForgotten;
    long openFrom = 1;
    long forgottenTo;

    Window(boolean mayHaveBeenForgotten) {
      this.mayHaveBeenForgotten = mayHaveBeenForgotten;
    }
  }

  private final Limits limits;
  private final LinkedHashMap<Asker, Window> windows = new LinkedHashMap<>(16, 0.75f, true);
  private final ArrayDeque<Slot> answered = new ArrayDeque<>(1);
  private int answersHeld;
  private long bytesHeld;
  private boolean forgotAskers;

  Repeats(Limits limits) {
    this.limits = limits;
  }

  /** Looks a request up, and marks it as in work if it was never seen. */
  Found look(Envelope request) {
    Window window =
        windows.computeIfAbsent(
            new Asker(request.origin(), request.incarnation()), asker -> new Window(forgotAskers));
    boundAskers();
    if (request.oldestOpen() > window.openFrom) {
      window.openFrom = request.oldestOpen();
      forgetBelow(window, window.openFrom);
    }
    long sequence = request.sequence();
    if (sequence < window.openFrom) {
      return STALE;
    }
    Slot slot = window.slots.get(sequence);
    if (slot != null) {
      slot.attempts |= request.attempts();
      return slot.answer == null
          ? IN_WORK
          : new Found.Answered(slot.answer.speakingFor(slot.attempts));
    }
    boolean mayHaveRun = window.mayHaveBeenForgotten && request.has(Envelope.REPEAT);
    if (sequence <= window.forgottenTo || mayHaveRun) {
      return FORGOTTEN;
    }
    slot = new Slot(window, sequence);
    slot.attempts = request.attempts();
    window.slots.put(sequence, slot);
    return FIRST;
  }

  /**
   * The request was answered.
   *
   * @return the answer, which speaks for all attempts that came here meanwhile
   */
  Envelope done(Envelope request, Envelope answer, long now) {
    Window window = windows.get(new Asker(request.origin(), request.incarnation()));
    Slot slot = window == null ? null : window.slots.get(request.sequence());
    if (slot == null || slot.answer != null) {
      return answer;
    }
    Envelope spoken = answer.speakingFor(slot.attempts);
    slot.answer = spoken;
    slot.answeredAt = now;
    answered.addLast(slot);
    answersHeld++;
    bytesHeld += spoken.sizeBytes();
    bound(now);
    return spoken;
  }

  /** The request was turned away before it ran: a repeat may run. */
  void undone(Envelope request) {
    Window window = windows.get(new Asker(request.origin(), request.incarnation()));
    if (window != null) {
      window.slots.remove(request.sequence());
    }
  }

  /** Forgets what is too old. */
  void age(long now) {
    bound(now);
  }

  int askersHeld() {
    return windows.size();
  }

  int answersHeld() {
    return answersHeld;
  }

  /** Slots in the order of their answers, those that were let go and not swept yet too. */
  int remembered() {
    return answered.size();
  }

  private void forgetBelow(Window window, long sequence) {
    Iterator<Slot> eldestFirst = window.slots.values().iterator();
    // One that came late stays until those have gone that came before it.
    while (eldestFirst.hasNext()) {
      Slot slot = eldestFirst.next();
      if (slot.sequence >= sequence) {
        break;
      }
      eldestFirst.remove();
      release(slot);
    }
    sweep();
  }

  private void release(Slot slot) {
    Envelope answer = slot.answer;
    if (answer != null) {
      answersHeld--;
      bytesHeld -= answer.sizeBytes();
      slot.answer = null;
    }
  }

  /** Drops slots that were let go behind an older answer that stays; at a constant cost each. */
  private void sweep() {
    if (answered.size() > 2 * answersHeld + SWEEP_SLACK) {
      answered.removeIf(slot -> slot.answer == null);
    }
  }

  private void bound(long now) {
    while (!answered.isEmpty()) {
      Slot oldest = answered.peekFirst();
      boolean released = oldest.answer == null;
      if (!released
          && answersHeld <= limits.answersMax()
          && bytesHeld <= limits.bytesMax()
          && now - oldest.answeredAt <= limits.ageMaxNanos()) {
        return;
      }
      answered.pollFirst();
      if (!released) {
        oldest.window.slots.remove(oldest.sequence);
        oldest.window.forgottenTo = Math.max(oldest.window.forgottenTo, oldest.sequence);
        release(oldest);
      }
    }
  }

  private void boundAskers() {
    if (windows.size() <= limits.askersMax()) {
      return;
    }
    Iterator<Map.Entry<Asker, Window>> eldestFirst = windows.entrySet().iterator();
    Window eldest = eldestFirst.next().getValue();
    eldestFirst.remove();
    eldest.slots.values().forEach(this::release);
    eldest.slots.clear();
    forgotAskers = true;
    sweep();
  }
}
