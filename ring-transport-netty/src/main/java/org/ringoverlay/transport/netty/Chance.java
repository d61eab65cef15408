package org.ringoverlay.transport.netty;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.ringoverlay.spi.Randomness;

/**
 * A node's chance: xoshiro256++ (Blackman and Vigna, "Scrambled Linear Pseudorandom Number
 * Generators", 2021), begun from 256 bits of the system's entropy.
 *
 * <p>The JDK's splittable generators begin from 64 bits, too few for the 160-bit IDs that are drawn
 * here. Good against collisions; not meant to keep a secret.
 */
final class Chance implements Randomness {
  private long a;
  private long b;
  private long c;
  private long d;

  Chance(long a, long b, long c, long d) {
    if ((a | b | c | d) == 0) {
      throw new IllegalArgumentException("a seed of zeros gives only zeros");
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /** One that nobody can foretell; does not wait for entropy. */
  static Chance seeded() {
    var bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    ByteBuffer seed = ByteBuffer.wrap(bytes);
    return new Chance(seed.getLong(), seed.getLong(), seed.getLong(), seed.getLong() | 1);
  }

  @Override
  public long nextLong() {
    long result = Long.rotateLeft(a + d, 23) + a;
    long shifted = b << 17;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = Long.rotateLeft(d, 45);
    return result;
  }
}
