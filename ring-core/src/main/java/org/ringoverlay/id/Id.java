package org.ringoverlay.id;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A point on the ring: an unsigned number of 160 bits, on a circle where the largest is followed by
 * zero.
 *
 * <p>Nodes, keys, topics and services all live in this one space. Clockwise means growing numbers.
 * Instances are immutable and safe to share between threads; nothing here blocks. The value is held
 * in three primitive words, so that comparing and measuring allocate nothing.
 *
 * <p>The space, its digits of base 16 and prefix comparison follow Pastry (Rowstron and Druschel,
 * Middleware 2001, section 2).
 */
public final class Id implements Comparable<Id> {

  /** Width of an ID in bits. */
  public static final int BITS = 160;

  /** Width of an ID in bytes. */
  public static final int BYTES = 20;

  /** Number of base-16 digits of an ID, and the length of {@link #toString()}. */
  public static final int DIGITS = 40;

  /** The number 0. */
  public static final Id ZERO = new Id(0L, 0L, 0);

  /** The largest number, 2¹⁶⁰ − 1, whose clockwise neighbour is {@link #ZERO}. */
  public static final Id MAX = new Id(-1L, -1L, -1);

  /** Looking for an implementation takes longer than digesting a name with it. */
  private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(Id::newSha256);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final long LOW_WORD = 0xffff_ffffL;

  // Words from the most to the least significant; all three are unsigned.
  private final long hi;
  private final long mid;
  private final int lo;

  private Id(long hi, long mid, int lo) {
    this.hi = hi;
    this.mid = mid;
    this.lo = lo;
  }

  /**
   * The ID of a name: the first 160 bits of the SHA-256 digest of its UTF-8 bytes.
   *
   * @throws IllegalArgumentException if the name holds a lone surrogate, which has no UTF-8 form;
   *     two such names must not quietly share one ID
   */
  public static Id of(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    if (hasLoneSurrogate(name)) {
      throw new IllegalArgumentException(
          "a name must be valid Unicode, this one has a lone surrogate");
    }
    return read(SHA_256.get().digest(utf8), 0);
  }

  /**
   * The ID whose 160 bits are these three words, the most significant first; each is taken as
   * unsigned.
   */
  public static Id of(long hi, long mid, int lo) {
    return new Id(hi, mid, lo);
  }

  /**
   * Reads an ID from its 20 bytes, the most significant first.
   *
   * @throws IllegalArgumentException if the array is not exactly {@link #BYTES} long
   */
  public static Id fromBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "an ID has exactly " + BYTES + " bytes, not " + bytes.length);
    }
    return read(bytes, 0);
  }

  /**
   * Reads the {@link #BYTES} bytes that begin at {@code offset}.
   *
   * @throws IndexOutOfBoundsException if the array ends before
   */
  public static Id read(byte[] array, int offset) {
    Objects.checkFromIndexSize(offset, BYTES, array.length);
    return new Id(
        (long) LONG.get(array, offset),
        (long) LONG.get(array, offset + 8),
        (int) INT.get(array, offset + 16));
  }

  /**
   * Writes {@link #BYTES} bytes from {@code offset} on.
   *
   * @throws IndexOutOfBoundsException if the array ends before; nothing is written then
   */
  public void write(byte[] array, int offset) {
    Objects.checkFromIndexSize(offset, BYTES, array.length);
    LONG.set(array, offset, hi);
    LONG.set(array, offset + 8, mid);
    INT.set(array, offset + 16, lo);
  }

  /**
   * Reads {@link #BYTES} bytes at the buffer's position and moves it behind them. The byte order
   * set on the buffer does not matter: an ID always begins with its most significant byte.
   *
   * @throws java.nio.BufferUnderflowException if fewer bytes remain; the position is then unchanged
   */
  public static Id read(ByteBuffer buffer) {
    if (buffer.remaining() < BYTES) {
      throw new java.nio.BufferUnderflowException();
    }
    boolean swap = buffer.order() != ByteOrder.BIG_ENDIAN;
    long hi = buffer.getLong();
    long mid = buffer.getLong();
    int lo = buffer.getInt();
    return swap
        ? new Id(Long.reverseBytes(hi), Long.reverseBytes(mid), Integer.reverseBytes(lo))
        : new Id(hi, mid, lo);
  }

  /**
   * Writes {@link #BYTES} bytes at the buffer's position and moves it behind them, whatever byte
   * order the buffer has.
   *
   * @throws java.nio.BufferOverflowException if less space remains; nothing is written then
   */
  public void write(ByteBuffer buffer) {
    if (buffer.remaining() < BYTES) {
      throw new java.nio.BufferOverflowException();
    }
    boolean swap = buffer.order() != ByteOrder.BIG_ENDIAN;
    buffer.putLong(swap ? Long.reverseBytes(hi) : hi);
    buffer.putLong(swap ? Long.reverseBytes(mid) : mid);
    buffer.putInt(swap ? Integer.reverseBytes(lo) : lo);
  }

  /**
   * Reads the form that {@link #toString()} writes.
   *
   * @throws IllegalArgumentException if the text is not exactly 40 lower-case hexadecimal digits;
   *     the message never repeats the text, which may come from a stranger
   */
  public static Id parse(String text) {
    if (!isId(text)) {
      throw new IllegalArgumentException(
          "an ID is written as exactly "
              + DIGITS
              + " lower-case hexadecimal digits; this text has "
              + text.length()
              + " characters"
              + (text.length() == DIGITS ? " and not all of them are such digits" : ""));
    }
    return new Id(word(text, 0, 16), word(text, 16, 32), (int) word(text, 32, 40));
  }

  /** Whether {@link #parse} would accept the text: exactly 40 lower-case hexadecimal digits. */
  public static boolean isId(CharSequence text) {
    if (text.length() != DIGITS) {
      return false;
    }
    for (int i = 0; i < DIGITS; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /**
   * The base-16 digit at {@code index}, where 0 is the most significant.
   *
   * @throws IndexOutOfBoundsException if the index is not within 0 to 39
   */
  public int digit(int index) {
    Objects.checkIndex(index, DIGITS);
    if (index < 16) {
      return (int) (hi >>> (60 - 4 * index)) & 15;
    }
    if (index < 32) {
      return (int) (mid >>> (124 - 4 * index)) & 15;
    }
    return (lo >>> (156 - 4 * index)) & 15;
  }

  /** What part of the circle lies between zero and this ID, from 0 to 1. */
  public double asFraction() {
    return (hi >>> 11) * 0x1.0p-53;
  }

  /** How many leading base-16 digits both IDs share: 0 to 40, and 40 only when they are equal. */
  public int commonPrefix(Id other) {
    if (hi != other.hi) {
      return Long.numberOfLeadingZeros(hi ^ other.hi) >>> 2;
    }
    if (mid != other.mid) {
      return 16 + (Long.numberOfLeadingZeros(mid ^ other.mid) >>> 2);
    }
    return 32 + (Integer.numberOfLeadingZeros(lo ^ other.lo) >>> 2);
  }

  /**
   * Says which of two nodes is closer to a target; this is the project's one rule of closeness.
   *
   * <p>The distance is the length of the shorter way round the circle. When both are exactly
   * equally far, one lies on either side, and the one counter-clockwise of the target, its
   * predecessor, counts as closer. So the order is total: among any set of nodes exactly one is
   * closest. A node exactly opposite the target has no rival at that distance.
   *
   * @return negative when {@code a} is closer, positive when {@code b} is, 0 only when they are
   *     equal
   */
  public static int compareDistance(Id target, Id a, Id b) {
    // The clockwise way from the target to each, by words and without an object.
    int aBorrowMid = Integer.compareUnsigned(a.lo, target.lo) < 0 ? 1 : 0;
    int aBorrowHi = borrow(a.mid, target.mid, aBorrowMid);
    int aLo = a.lo - target.lo;
    long aMid = a.mid - target.mid - aBorrowMid;
    long aHi = a.hi - target.hi - aBorrowHi;
    int bBorrowMid = Integer.compareUnsigned(b.lo, target.lo) < 0 ? 1 : 0;
    int bBorrowHi = borrow(b.mid, target.mid, bBorrowMid);
    int bLo = b.lo - target.lo;
    long bMid = b.mid - target.mid - bBorrowMid;
    long bHi = b.hi - target.hi - bBorrowHi;
    // A way of more than half the circle has its top bit set: the shorter way is then its negation.
    boolean aBehind = aHi < 0;
    boolean bBehind = bHi < 0;
    if (aBehind) {
      aLo = -aLo;
      aMid = aLo == 0 ? -aMid : ~aMid;
      aHi = aLo == 0 && aMid == 0 ? -aHi : ~aHi;
    }
    if (bBehind) {
      bLo = -bLo;
      bMid = bLo == 0 ? -bMid : ~bMid;
      bHi = bLo == 0 && bMid == 0 ? -bHi : ~bHi;
    }
    int order = Long.compareUnsigned(aHi, bHi);
    if (order == 0) {
      order = Long.compareUnsigned(aMid, bMid);
    }
    if (order == 0) {
      order = Integer.compareUnsigned(aLo, bLo);
    }
    if (order == 0 && aBehind != bBehind) {
      return aBehind ? -1 : 1;
    }
    return order;
  }

  /** This point moved clockwise by {@code other}: the sum modulo 2¹⁶⁰. */
  public Id plus(Id other) {
    int sumLo = lo + other.lo;
    int carryMid = Integer.compareUnsigned(sumLo, lo) < 0 ? 1 : 0;
    long partMid = mid + other.mid;
    long sumMid = partMid + carryMid;
    int carryHi =
        Long.compareUnsigned(partMid, mid) < 0 || Long.compareUnsigned(sumMid, partMid) < 0 ? 1 : 0;
    return new Id(hi + other.hi + carryHi, sumMid, sumLo);
  }

  /** The clockwise way from {@code other} to this point: the difference modulo 2¹⁶⁰. */
  public Id minus(Id other) {
    int borrowMid = Integer.compareUnsigned(lo, other.lo) < 0 ? 1 : 0;
    int borrowHi = borrow(mid, other.mid, borrowMid);
    return new Id(hi - other.hi - borrowHi, mid - other.mid - borrowMid, lo - other.lo);
  }

  /** Half of this number, rounded down: a logical shift to the right by one bit. */
  public Id half() {
    return new Id(hi >>> 1, (mid >>> 1) | (hi << 63), (lo >>> 1) | (int) ((mid & 1L) << 31));
  }

  /** The clockwise neighbour; of {@link #MAX} it is {@link #ZERO}. */
  public Id next() {
    int nextLo = lo + 1;
    long nextMid = nextLo == 0 ? mid + 1 : mid;
    long nextHi = nextLo == 0 && nextMid == 0 ? hi + 1 : hi;
    return new Id(nextHi, nextMid, nextLo);
  }

  /** The counter-clockwise neighbour; of {@link #ZERO} it is {@link #MAX}. */
  public Id previous() {
    long previousMid = lo == 0 ? mid - 1 : mid;
    long previousHi = lo == 0 && mid == 0 ? hi - 1 : hi;
    return new Id(previousHi, previousMid, lo - 1);
  }

  /**
   * The point halfway on the clockwise way from {@code from} to {@code to}, rounded towards {@code
   * from}. When they are equal the way has length 0 and the answer is that point.
   */
  public static Id midpoint(Id from, Id to) {
    return from.plus(to.minus(from).half());
  }

  /** Orders by the unsigned number, not by any distance. */
  @Override
  public int compareTo(Id other) {
    int order = Long.compareUnsigned(hi, other.hi);
    if (order == 0) {
      order = Long.compareUnsigned(mid, other.mid);
    }
    return order == 0 ? Integer.compareUnsigned(lo, other.lo) : order;
  }

  /**
   * Whether this point lies on the clockwise way from {@code from}, included, to {@code to},
   * excluded.
   */
  boolean within(Id from, Id to) {
    // In a range that wraps either comparison is enough; in one that does not, both are needed.
    return from.compareTo(to) < 0
        ? compareTo(from) >= 0 && compareTo(to) < 0
        : compareTo(from) >= 0 || compareTo(to) < 0;
  }

  /** The first {@code bits} bits as a number, for {@code bits} from 0 to 31. */
  int top(int bits) {
    return bits == 0 ? 0 : (int) (hi >>> (64 - bits));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Id id && hi == id.hi && mid == id.mid && lo == id.lo;
  }

  @Override
  public int hashCode() {
    // Arc centres differ only in their first bits, so the words are spread over the whole hash.
    long mixed = (hi ^ Long.rotateLeft(mid, 29) ^ (lo & LOW_WORD)) * 0x9e37_79b9_7f4a_7c15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xd6e8_feb8_6659_fd93L;
    return (int) (mixed ^ (mixed >>> 32));
  }

  /** The {@link #DIGITS} lower-case hexadecimal digits. */
  @Override
  public String toString() {
    byte[] text = new byte[DIGITS];
    putDigits(text, 0, 16, hi);
    putDigits(text, 16, 32, mid);
    putDigits(text, 32, 40, lo);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** The first 8 digits: enough for a person to tell nodes apart, and never to be parsed. */
  public String shortString() {
    return toString().substring(0, 8);
  }

  private static int borrow(long minuend, long subtrahend, int borrowed) {
    int order = Long.compareUnsigned(minuend, subtrahend);
    return order < 0 || (order == 0 && borrowed != 0) ? 1 : 0;
  }

  private static long word(String digits, int from, int to) {
    long word = 0;
    for (int i = from; i < to; i++) {
      char c = digits.charAt(i);
      word = word << 4 | (c <= '9' ? c - '0' : c - ('a' - 10));
    }
    return word;
  }

  private static void putDigits(byte[] text, int from, int to, long word) {
    long rest = word;
    for (int i = to - 1; i >= from; i--) {
      int digit = (int) rest & 15;
      text[i] = (byte) (digit < 10 ? '0' + digit : 'a' - 10 + digit);
      rest >>>= 4;
    }
  }

  private static boolean hasLoneSurrogate(String name) {
    int i = 0;
    while (i < name.length()) {
      int point = name.codePointAt(i);
      if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
        return true;
      }
      i += Character.charCount(point);
    }
    return false;
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256, this one has not", e);
    }
  }
}
