package org.ringoverlay.dht.internal.arc;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Fingerprint;

/**
 * The fingerprints of one copy of an arc, kept up as its registers change: one for each of 2ᵏ
 * ranges of the keys' hashes, where k grows with the number of registers.
 *
 * <p>A register counts by its key's hash, its version and the round under which it was accepted.
 * What it counts is added and not XORed, so that two that are equal do not cancel each other out.
 * The ballot counts too: a register that members accepted under different ones has to be written
 * back by the next daddy before it may be shown.
 *
 * @see <a href="https://arxiv.org/abs/2212.13567">Meyer 2023, Range-Based Set Reconciliation</a>
 */
final class Fingerprints {
  /** How many registers of a range there are on average before the ranges are split. */
  private static final int REGISTERS_OF_RANGE = 64;

  private static final int GROWTH_BITS = 4;

  /** As fine as it gets. */
  private static final int BITS_MAX = 20;

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long MIX_ONE = 0xff51afd7ed558ccdL;
  private static final long MIX_TWO = 0xc4ceb9fe1a85ec53L;
  private static final long VERSION_HIGH = 0x9e3779b97f4a7c15L;
  private static final long VERSION_LOW = 0xc2b2ae3d27d4eb4fL;
  private static final long ROUND_HIGH = 0x165667b19e3779f9L;
  private static final long ROUND_LOW = 0xd6e8feb86659fd93L;
  private static final long LANE_LOW = 0xa0761d6478bd642fL;

  private int bits;
  private long[] high = new long[1];
  private long[] low = new long[1];
  private int[] counts = new int[1];
  private int count;

  /** A key's hash, whose leading bits say in which range it lies. */
  static long hash(String key) {
    long hash = FNV_OFFSET;
    for (int at = 0; at < key.length(); at++) {
      hash = (hash ^ key.charAt(at)) * FNV_PRIME;
    }
    return mixed(hash);
  }

  /** Whether a hash begins with these bits. */
  static boolean isWithin(long hash, int bits, long prefix) {
    return bits == 0 || hash >>> (Long.SIZE - bits) == prefix;
  }

  /**
   * A key holds another register now. Allocates nothing, but when the ranges are split.
   *
   * @param registers all registers, the new one among them
   */
  void changed(
      String key,
      @Nullable Register before,
      @Nullable Register after,
      Map<String, Register> registers) {
    long hash = hash(key);
    if (before != null) {
      count(hash, before, -1);
    }
    if (after != null) {
      count(hash, after, 1);
    }
    if (bits < BITS_MAX && count > REGISTERS_OF_RANGE << bits) {
      bits = Math.min(BITS_MAX, bits + GROWTH_BITS);
      high = new long[1 << bits];
      low = new long[1 << bits];
      counts = new int[1 << bits];
      count = 0;
      registers.forEach((each, register) -> count(hash(each), register, 1));
    }
  }

  private void count(long hash, Register register, int sign) {
    int range = bits == 0 ? 0 : (int) (hash >>> (Long.SIZE - bits));
    high[range] += sign * high(hash, register);
    low[range] += sign * low(hash, register);
    counts[range] += sign;
    count += sign;
  }

  /** There are no registers any more. */
  void clear() {
    bits = 0;
    high = new long[1];
    low = new long[1];
    counts = new int[1];
    count = 0;
  }

  /**
   * The fingerprint of a range: looked up, or where it is finer than what is kept, counted.
   *
   * @param registers all registers
   */
  Fingerprint of(int rangeBits, long prefix, Map<String, Register> registers) {
    long sumHigh = 0;
    long sumLow = 0;
    if (rangeBits <= bits) {
      int shift = bits - rangeBits;
      for (int range = (int) (prefix << shift); range < (prefix + 1) << shift; range++) {
        sumHigh += high[range];
        sumLow += low[range];
      }
      return new Fingerprint(sumHigh, sumLow);
    }
    for (Map.Entry<String, Register> each : registers.entrySet()) {
      long hash = hash(each.getKey());
      if (isWithin(hash, rangeBits, prefix)) {
        sumHigh += high(hash, each.getValue());
        sumLow += low(hash, each.getValue());
      }
    }
    return new Fingerprint(sumHigh, sumLow);
  }

  /** How many registers there are in a range. */
  int count(int rangeBits, long prefix, Map<String, Register> registers) {
    int found = 0;
    if (rangeBits <= bits) {
      int shift = bits - rangeBits;
      for (int range = (int) (prefix << shift); range < (prefix + 1) << shift; range++) {
        found += counts[range];
      }
      return found;
    }
    for (String key : registers.keySet()) {
      found += isWithin(hash(key), rangeBits, prefix) ? 1 : 0;
    }
    return found;
  }

  /**
   * The fingerprint of the registers up to a version, whatever ballots they were accepted under:
   * counted each time.
   */
  static Fingerprint upTo(long version, Map<String, Register> registers) {
    long sumHigh = 0;
    long sumLow = 0;
    for (Map.Entry<String, Register> each : registers.entrySet()) {
      long held = each.getValue().version();
      if (held <= version) {
        long hash = hash(each.getKey());
        sumHigh += high(hash, held, 0);
        sumLow += low(hash, held, 0);
      }
    }
    return new Fingerprint(sumHigh, sumLow);
  }

  private static long high(long hash, Register register) {
    return high(hash, register.version(), register.accepted());
  }

  private static long low(long hash, Register register) {
    return low(hash, register.version(), register.accepted());
  }

  private static long high(long hash, long version, long accepted) {
    return mixed(mixed(hash + version * VERSION_HIGH) + accepted * ROUND_HIGH);
  }

  private static long low(long hash, long version, long accepted) {
    return mixed(mixed((hash ^ LANE_LOW) + version * VERSION_LOW) + accepted * ROUND_LOW);
  }

  /** The last step of MurmurHash3, after which every bit depends on every bit. */
  static long mixed(long bits) {
    long mixed = (bits ^ (bits >>> 33)) * MIX_ONE;
    mixed = (mixed ^ (mixed >>> 33)) * MIX_TWO;
    return mixed ^ (mixed >>> 33);
  }
}
