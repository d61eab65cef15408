package org.ringoverlay.dht;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/**
 * What came of several keys, each for itself: there are no transactions, and what was done is done
 * though others failed.
 *
 * @param done what was answered, by key
 * @param failed why the others failed, by key
 */
public record Each<T>(Map<String, T> done, Map<String, RingException> failed) {
  /** The most keys of one call. */
  public static final int KEYS_MAX = 100_000;

  private static final int AT_ONCE_MAX = 128;

  /** Copies the maps, in the order of the keys. */
  public Each {
    done = Collections.unmodifiableMap(new TreeMap<>(done));
    failed = Collections.unmodifiableMap(new TreeMap<>(failed));
  }

  /**
   * What was answered, if nothing failed.
   *
   * @throws RingException one of those that some key failed with
   */
  public Map<String, T> orThrow() {
    for (RingException one : failed.values()) {
      throw one;
    }
    return done;
  }

  /** Asks for each key, no more than a few at a time. On the loop. */
  static <T> CompletionStage<Each<T>> of(
      Collection<String> keys, Function<String, CompletionStage<T>> ask) {
    if (keys.size() > KEYS_MAX) {
      throw new RingException.InvalidInput(
          "One call takes up to " + KEYS_MAX + " keys, not " + keys.size() + ".");
    }
    var run = new Run<T>(keys, ask);
    run.goOn();
    return run.ended;
  }

  /** A call under way. */
  private static final class Run<T> {
    private final ArrayDeque<String> left;
    private final Function<String, CompletionStage<T>> ask;
    private final Map<String, T> done = new TreeMap<>();
    private final Map<String, RingException> failed = new TreeMap<>();
    private final CompletableFuture<Each<T>> ended = new CompletableFuture<>();
    private int open;
    private boolean going;

    Run(Collection<String> keys, Function<String, CompletionStage<T>> ask) {
      List<String> distinct = new ArrayList<>(new java.util.LinkedHashSet<>(keys));
      this.left = new ArrayDeque<>(distinct);
      this.ask = ask;
    }

    private void goOn() {
      if (going) {
        return;
      }
      going = true;
      while (open < AT_ONCE_MAX && !left.isEmpty()) {
        String key = left.remove();
        open++;
        var unused = begin(key).whenComplete((value, error) -> end(key, value, error));
      }
      going = false;
      if (open == 0 && left.isEmpty()) {
        ended.complete(new Each<>(done, failed));
      }
    }

    private CompletionStage<T> begin(String key) {
      try {
        return ask.apply(key);
      } catch (RingException refused) {
        return CompletableFuture.failedFuture(refused);
      }
    }

    private void end(String key, T value, @Nullable Throwable error) {
      open--;
      if (error == null) {
        done.put(key, value);
      } else if (Caller.unwrap(error) instanceof RingException known) {
        failed.put(key, known);
      } else {
        ended.completeExceptionally(Caller.unwrap(error));
      }
      goOn();
    }
  }
}
