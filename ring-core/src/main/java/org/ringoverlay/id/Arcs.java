package org.ringoverlay.id;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The circle cut into 2ᵏ equal arcs, numbered clockwise from zero.
 *
 * <p>The number of arcs is fixed at a ring's founding. A key is addressed to the centre of its arc,
 * so all keys of an arc share one root. Instances are immutable.
 */
public final class Arcs {

  /** The largest k; a million arcs is more than any ring can tend. */
  public static final int BITS_MAX = 20;

  /** The k of a ring whose founder chose none: 4,096 arcs. */
  public static final int BITS_DEFAULT = 12;

  private final int bits;

  private Arcs(int bits) {
    this.bits = bits;
  }

  /** 4,096 arcs. */
  public static Arcs standard() {
    return new Arcs(BITS_DEFAULT);
  }

  /**
   * 2 to the power of {@code bits} arcs.
   *
   * @throws IllegalArgumentException if {@code bits} is not within 0 to {@link #BITS_MAX}
   */
  public static Arcs of(int bits) {
    if (bits < 0 || bits > BITS_MAX) {
      throw new IllegalArgumentException("arc bits must be 0 to " + BITS_MAX + ", not " + bits);
    }
    return new Arcs(bits);
  }

  /** How many arcs there are. */
  public int count() {
    return 1 << bits;
  }

  /** The k of 2ᵏ. */
  public int bits() {
    return bits;
  }

  /** The number of the arc that holds the ID; allocates nothing. */
  public int indexOf(Id id) {
    return id.top(bits);
  }

  /**
   * The centre of an arc: the first point of its second half.
   *
   * @throws IndexOutOfBoundsException if there is no such arc
   */
  public Id centre(int index) {
    return Id.of(start(index) | (1L << (63 - bits)), 0L, 0);
  }

  /** Where messages about a key are sent: the centre of the arc that holds it. */
  public Id address(Id key) {
    return centre(indexOf(key));
  }

  /**
   * The points of an arc; the whole circle if there is only one.
   *
   * @throws IndexOutOfBoundsException if there is no such arc
   */
  public IdRange range(int index) {
    long start = start(index);
    if (bits == 0) {
      return IdRange.full();
    }
    return IdRange.of(Id.of(start, 0L, 0), Id.of(start + (1L << (64 - bits)), 0L, 0));
  }

  /**
   * What people call an arc: its leading bits as hexadecimal digits, filled up with zero bits, and
   * their number, as in {@code a3f/12}.
   *
   * @throws IndexOutOfBoundsException if there is no such arc
   */
  public String name(int index) {
    Objects.checkIndex(index, count());
    int digits = Math.max(1, (bits + 3) / 4);
    String hex = Integer.toHexString(index << (4 * digits - bits));
    return "0".repeat(digits - hex.length()) + hex + "/" + bits;
  }

  private long start(int index) {
    Objects.checkIndex(index, count());
    return bits == 0 ? 0L : (long) index << (64 - bits);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Arcs arcs && bits == arcs.bits;
  }

  @Override
  public int hashCode() {
    return bits;
  }

  @Override
  public String toString() {
    return count() + " arcs";
  }
}
