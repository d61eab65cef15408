package org.ringoverlay.internal.wire;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/**
 * A sound card as its member wrote it, read once.
 *
 * <p>The same card comes again and again, from each neighbour and with each fact about its member.
 * All nodes of a JVM share one instance for as long as any of them holds it, so that it is parsed
 * once and a thousand nodes of a test do not keep a thousand copies. Immutable; any thread.
 */
public final class Card {
  /** Cards that are found again; more take each other's places and are read anew. */
  private static final int SHARED_MAX = 1 << 14;

  /** Places that one card may take. */
  private static final int WAYS = 4;

  /** Weak, so that what no node knows any more costs nothing but its empty place. */
  private static final AtomicReferenceArray<@Nullable WeakReference<Card>> SHARED =
      new AtomicReferenceArray<>(SHARED_MAX);

  private final Json raw;
  private final Member alive;

  /** In the last other state that was asked for: a race makes one more, and nothing else. */
  private @Nullable Member otherwise;

  private Card(MemberCard said, Json raw) {
    this.raw = raw;
    this.alive = said.in(MemberState.ALIVE);
  }

  /** Reads a card; null if it is none, or says what no member may say of itself. */
  public static @Nullable Card of(@Nullable Json raw) {
    if (raw == null || raw.size() > MemberCard.BYTES_MAX) {
      return null;
    }
    int hash = raw.hashCode() * 0x9E3779B9;
    int first = hash >>> 18 & -WAYS;
    int free = first + (hash & WAYS - 1);
    for (int place = first; place < first + WAYS; place++) {
      WeakReference<Card> reference = SHARED.get(place);
      Card held = reference == null ? null : reference.get();
      if (held == null) {
        free = place;
      } else if (held.raw.equals(raw)) {
        return held;
      }
    }
    Card read = read(raw);
    if (read != null) {
      SHARED.set(free, new WeakReference<>(read));
    }
    return read;
  }

  private static @Nullable Card read(Json raw) {
    try {
      MemberCard said = raw.as(MemberCard.class);
      return said.isSound() ? new Card(said, raw) : null;
    } catch (RingException unreadable) {
      return null;
    }
  }

  /** The member's place on the circle. */
  public Id id() {
    return alive.id();
  }

  /** Grows each time the member starts again. */
  public long incarnation() {
    return alive.incarnation();
  }

  /** Where the member listens. */
  public String address() {
    return alive.address();
  }

  /** Its very bytes, with fields that this node does not know. */
  public Json raw() {
    return raw;
  }

  /** The member in a state. */
  public Member in(MemberState state) {
    if (state == MemberState.ALIVE) {
      return alive;
    }
    Member other = otherwise;
    if (other == null || other.state() != state) {
      other = alive.in(state);
      otherwise = other;
    }
    return other;
  }
}
