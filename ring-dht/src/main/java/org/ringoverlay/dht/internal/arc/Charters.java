package org.ringoverlay.dht.internal.arc;

import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Charter;
import org.ringoverlay.dht.internal.wire.Rules;

/**
 * What a node knows of the settings of the whole ring.
 *
 * <p>Nothing that must not be lost rests on it: who decides in an arc is its configuration, and how
 * many copies the ring wants says only to which size its daddy changes that. A node that has heard
 * nothing since its start leaves every arc at the size that it has.
 *
 * <p>On the loop.
 */
public final class Charters {
  /** The key of the record, in {@link Keys#RING_SPACE}. */
  public static final String KEY = "settings";

  /** How long puts wait for rules that nobody tells: afterwards there are none. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Ring ring;
  private final int ownCopies;
  private final CompletableFuture<Boolean> settled = new CompletableFuture<>();
  private @Nullable Charter charter;
  private long version;
  private Runnable whenChanged = () -> {};
  private Runnable whenInRing = () -> {};

  Charters(Ring ring, int ownCopies) {
    this.ring = ring;
    this.ownCopies = ownCopies;
  }

  /** Whom to tell that the ring wants something else now. */
  void whenChanged(Runnable told) {
    whenChanged = told;
  }

  /** Who keeps this fresh from when the node is in a ring. */
  public void whenInRing(Runnable told) {
    whenInRing = told;
  }

  /** The node is in a ring: from now on somebody asks, and will not wait for ever. */
  void begin() {
    ring.scheduler().execute(whenInRing);
    ring.scheduler().schedule(PATIENCE_NANOS, () -> settled.complete(charter != null));
  }

  /** The record held this under a version. What came earlier than what is known is passed over. */
  public void heard(long itsVersion, Charter held) {
    if (itsVersion > version) {
      version = itsVersion;
      charter = held;
      settled.complete(true);
      whenChanged.run();
    }
  }

  /** The version of what is known, 0 if nothing is. */
  public long version() {
    return version;
  }

  /** What makes the record where there is none yet: what this node was started with. */
  public Charter first() {
    return new Charter(ownCopies, new TreeMap<>());
  }

  /** How many members an arc that has so many should have. */
  int wanted(int members) {
    Charter known = charter;
    return known != null && Charter.areCopies(known.copies())
        ? known.copies()
        : Math.max(1, members);
  }

  /** How many copies the ring wants; what this node was started with while it does not know. */
  public int copies() {
    return wanted(ownCopies);
  }

  /** What holds in a namespace, as far as this node knows. */
  Rules rules(String space) {
    Charter known = charter;
    return known == null ? Rules.NONE : known.of(space);
  }

  /** Whether puts should wait, since nobody has told this node yet which rules hold. */
  public boolean isAwaited() {
    return !settled.isDone();
  }

  /** Completes on the loop when the rules are known, or nobody told them for too long. */
  CompletionStage<Boolean> awaited() {
    return settled;
  }
}
