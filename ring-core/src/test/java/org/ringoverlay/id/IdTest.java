package org.ringoverlay.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdTest {

  private static final long SEED = 20_260_301L;
  private static final int ROUNDS = 20_000;
  private static final BigInteger CIRCLE = BigInteger.ONE.shiftLeft(Id.BITS);
  private static final Id ONE = Id.ZERO.next();

  @Test
  void namesBecomeTheFirst160BitsOfTheirSha256() {
    // The digests of "" and "abc" as FIPS 180-4's examples give them.
    assertThat(Id.of("")).hasToString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4");
    assertThat(Id.of("abc")).hasToString("ba7816bf8f01cfea414140de5dae2223b00361a3");
  }

  @Test
  void namesWithALoneSurrogateAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Id.of("a\ud800b"));
    assertThatIllegalArgumentException().isThrownBy(() -> Id.of("\udc00"));
    assertThat(Id.of("\ud83d\ude00")).isNotEqualTo(Id.of("?"));
  }

  @Test
  void theEndsOfTheCircleAreNeighbours() {
    assertThat(Id.MAX.next()).isEqualTo(Id.ZERO);
    assertThat(Id.ZERO.previous()).isEqualTo(Id.MAX);
    assertThat(Id.ZERO).hasToString("0".repeat(40));
    assertThat(Id.MAX).hasToString("f".repeat(40));
    assertThat(Id.parse("0".repeat(40))).isEqualTo(Id.ZERO);
    assertThat(Id.parse("f".repeat(40))).isEqualTo(Id.MAX);
  }

  @Test
  void agreesWithArbitraryPrecisionArithmetic() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Id a = Ids.any(random);
      Id b = Ids.any(random);
      String replay = "seed " + SEED + ", round " + round;
      BigInteger x = number(a);
      BigInteger y = number(b);
      assertThat(number(a.plus(b))).as(replay).isEqualTo(x.add(y).mod(CIRCLE));
      assertThat(number(a.minus(b))).as(replay).isEqualTo(x.subtract(y).mod(CIRCLE));
      assertThat(number(a.half())).as(replay).isEqualTo(x.shiftRight(1));
      assertThat(number(a.next())).as(replay).isEqualTo(x.add(BigInteger.ONE).mod(CIRCLE));
      assertThat(number(a.previous())).as(replay).isEqualTo(x.subtract(BigInteger.ONE).mod(CIRCLE));
      assertThat(number(Id.midpoint(a, b)))
          .as(replay)
          .isEqualTo(x.add(y.subtract(x).mod(CIRCLE).shiftRight(1)).mod(CIRCLE));
      assertThat(Integer.signum(a.compareTo(b))).as(replay).isEqualTo(x.compareTo(y));
    }
  }

  @Test
  void everyFormComesBackAsTheSameId() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Id id = Ids.any(random);
      String replay = "seed " + SEED + ", round " + round;
      assertThat(Id.parse(id.toString())).as(replay).isEqualTo(id).hasSameHashCodeAs(id);
      assertThat(new BigInteger(id.toString(), 16)).as(replay).isEqualTo(number(id));
      byte[] bytes = new byte[Id.BYTES + 3];
      id.write(bytes, 2);
      assertThat(Id.read(bytes, 2)).as(replay).isEqualTo(id);
      assertThat(new BigInteger(1, Arrays.copyOfRange(bytes, 2, 22)))
          .as(replay)
          .isEqualTo(number(id));
      StringBuilder digits = new StringBuilder();
      for (int i = 0; i < Id.DIGITS; i++) {
        digits.append(Character.forDigit(id.digit(i), 16));
      }
      assertThat(digits).as(replay).hasToString(id.toString());
    }
  }

  @Test
  void buffersOfEitherByteOrderHoldTheSameBytes() {
    Id id = Id.of("a buffer");
    ByteBuffer big = ByteBuffer.allocate(Id.BYTES);
    ByteBuffer little = ByteBuffer.allocateDirect(Id.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    id.write(big);
    id.write(little);
    big.flip();
    little.flip();
    assertThat(big.duplicate()).isEqualTo(little.duplicate());
    assertThat(Id.read(big)).isEqualTo(id);
    assertThat(Id.read(little)).isEqualTo(id);
    assertThat(little.hasRemaining()).isFalse();
  }

  @Test
  void buffersThatAreTooShortStayAsTheyAre() {
    ByteBuffer shorter = ByteBuffer.allocate(Id.BYTES - 1);
    assertThatThrownBy(() -> Id.MAX.write(shorter)).isInstanceOf(BufferOverflowException.class);
    assertThatThrownBy(() -> Id.read(shorter)).isInstanceOf(BufferUnderflowException.class);
    assertThat(shorter.position()).isZero();
    assertThat(shorter.array()).containsOnly(0);
    assertThatThrownBy(() -> Id.MAX.write(new byte[30], 11))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Id.read(new byte[30], -1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 19, 21, 40})
  void hostile9BytesOfAnotherLengthAreRefused(int length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Id.fromBytes(new byte[length]))
        .withMessageContaining("20");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "000000000000000000000000000000000000000",
        "00000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000g",
        "000000000000000000000000000000000000000A",
        "+00000000000000000000000000000000000000f",
        "-000000000000000000000000000000000000000",
        "00000000000000000000000000000000000000\n0",
        "000000000000000000000000000000000000000٣"
      })
  void hostile9TextThatIsNot40LowerCaseHexDigitsIsRefused(String text) {
    assertThat(Id.isId(text)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> Id.parse(text));
  }

  @Test
  void hostile9AnErrorNeverRepeatsTheText() {
    String hostile = "\u001b[31m".repeat(1_000_000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Id.parse(hostile))
        .satisfies(error -> assertThat(error.getMessage()).hasSizeLessThan(200))
        .satisfies(error -> assertThat(error.getMessage()).doesNotContain("\u001b"));
  }

  @Test
  void commonPrefixCountsEqualLeadingDigits() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Id a = Ids.any(random);
      Id b = Ids.near(random, a);
      String x = a.toString();
      String y = b.toString();
      int expected = 0;
      while (expected < Id.DIGITS && x.charAt(expected) == y.charAt(expected)) {
        expected++;
      }
      assertThat(a.commonPrefix(b))
          .as("seed %d, round %d: %s %s", SEED, round, a, b)
          .isEqualTo(expected)
          .isEqualTo(b.commonPrefix(a));
    }
    assertThat(Id.MAX.commonPrefix(Id.MAX)).isEqualTo(40);
  }

  @Test
  void theCloserNodeIsTheOneWithTheShorterWayRound() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Id target = Ids.any(random);
      Id a = random.nextBoolean() ? Ids.any(random) : Ids.near(random, target);
      // A third of the pairs are mirror images, so that exact ties are met.
      Id b =
          round % 3 == 0
              ? target.minus(a.minus(target))
              : random.nextBoolean() ? Ids.any(random) : Ids.near(random, target);
      assertThat(Integer.signum(Id.compareDistance(target, a, b)))
          .as("seed %d, round %d: target %s, a %s, b %s", SEED, round, target, a, b)
          .isEqualTo(modelOfCloseness(target, a, b))
          .isEqualTo(-Integer.signum(Id.compareDistance(target, b, a)));
    }
  }

  @Test
  void thePredecessorWinsAnExactTie() {
    Id target = Id.ZERO;
    assertThat(Id.compareDistance(target, target.previous(), target.next())).isNegative();
    assertThat(Id.compareDistance(target, target.next(), target.previous())).isPositive();
    Id opposite = Id.of(Long.MIN_VALUE, 0, 0);
    assertThat(Id.compareDistance(target, opposite, opposite)).isZero();
    assertThat(Id.compareDistance(target, opposite, opposite.previous())).isPositive();
    assertThat(Id.compareDistance(target, opposite, opposite.next())).isPositive();
  }

  @Test
  void distanceIsATotalOrderOverAnySetOfNodes() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Id target = Ids.any(random);
      Id a = Ids.near(random, target);
      Id b = Ids.near(random, target);
      Id c = Ids.near(random, target);
      if (Id.compareDistance(target, a, b) <= 0 && Id.compareDistance(target, b, c) <= 0) {
        assertThat(Id.compareDistance(target, a, c))
            .as("seed %d, round %d: target %s: %s %s %s", SEED, round, target, a, b, c)
            .isNotPositive();
      }
    }
  }

  @Test
  void hashesOfRandomAndOfEvenlySpacedIdsAreSpread() {
    // 65,536 hashes over 2^16 buckets by their low bits leave about 1/e of the buckets empty.
    Set<Integer> centres = new HashSet<>();
    Arcs arcs = Arcs.of(16);
    for (int i = 0; i < arcs.count(); i++) {
      centres.add(arcs.centre(i).hashCode() & 0xffff);
    }
    Set<Integer> random = new HashSet<>();
    SplittableRandom chance = new SplittableRandom(SEED);
    for (int i = 0; i < arcs.count(); i++) {
      random.add(Ids.uniform(chance).hashCode() & 0xffff);
    }
    assertThat(centres).hasSizeGreaterThan(38_000);
    assertThat(random).hasSizeGreaterThan(38_000);
  }

  @Test
  void theShortFormIsTheFirstEightDigits() {
    assertThat(Id.of("abc").shortString()).isEqualTo("ba7816bf");
    assertThat(ONE.shortString()).isEqualTo("00000000");
  }

  private static int modelOfCloseness(Id target, Id a, Id b) {
    BigInteger clockwiseA = number(a).subtract(number(target)).mod(CIRCLE);
    BigInteger clockwiseB = number(b).subtract(number(target)).mod(CIRCLE);
    BigInteger wayA = clockwiseA.min(CIRCLE.subtract(clockwiseA));
    BigInteger wayB = clockwiseB.min(CIRCLE.subtract(clockwiseB));
    int order = wayA.compareTo(wayB);
    // Of two at the same distance the predecessor has the longer clockwise way.
    return order == 0 ? clockwiseB.compareTo(clockwiseA) : order;
  }

  private static BigInteger number(Id id) {
    byte[] bytes = new byte[Id.BYTES];
    id.write(bytes, 0);
    return new BigInteger(1, bytes);
  }
}
