package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Fingerprint;
import org.ringoverlay.json.Json;

class FingerprintsTest {
  /** So many that the ranges are split twice. */
  private static final int MANY = 3_000;

  private final TreeMap<String, Register> registers = new TreeMap<>();
  private final Fingerprints fingerprints = new Fingerprints();

  @Test
  void whateverTheWayToWhatIsHeldItsFingerprintIsTheSame() {
    var random = new Random(1);
    for (int step = 0; step < 3 * MANY; step++) {
      String key = "default\0key " + random.nextInt(MANY);
      put(key, random.nextInt(4) == 0 ? null : register(step + 1, 1 + random.nextInt(3)));
    }
    var others = new Fingerprints();
    var other = new TreeMap<String, Register>();
    List<String> keys = new ArrayList<>(registers.keySet());
    Collections.shuffle(keys, random);
    for (String key : keys) {
      other.put(key, registers.get(key));
      others.changed(key, null, registers.get(key), other);
    }

    assertThat(registers).hasSizeGreaterThan(1_024);
    for (int bits : List.of(0, 4, 8, 12)) {
      for (int prefix = 0; prefix < 1 << bits; prefix++) {
        assertThat(fingerprints.of(bits, prefix, registers))
            .isEqualTo(others.of(bits, prefix, other));
      }
    }
  }

  @Test
  void theRangesOfEveryWidthAddUpToTheWhole() {
    for (int number = 0; number < MANY; number++) {
      put("default\0key " + number, register(number + 1, 1));
    }
    Fingerprint whole = fingerprints.of(0, 0, registers);

    for (int bits : List.of(4, 8, 12)) {
      Fingerprint sum = Fingerprint.NOTHING;
      int count = 0;
      for (int prefix = 0; prefix < 1 << bits; prefix++) {
        sum = sum.plus(fingerprints.of(bits, prefix, registers));
        count += fingerprints.count(bits, prefix, registers);
      }
      assertThat(sum).isEqualTo(whole);
      assertThat(count).isEqualTo(MANY);
    }
  }

  @Test
  void keyVersionAndBallotAllCount() {
    put("default\0a", register(7, 2));
    Fingerprint one = fingerprints.of(0, 0, registers);

    put("default\0a", register(8, 2));
    assertThat(fingerprints.of(0, 0, registers)).isNotEqualTo(one);
    put("default\0a", register(7, 3));
    assertThat(fingerprints.of(0, 0, registers)).isNotEqualTo(one);
    put("default\0a", null);
    assertThat(fingerprints.of(0, 0, registers)).isEqualTo(Fingerprint.NOTHING);
    put("default\0b", register(7, 2));
    assertThat(fingerprints.of(0, 0, registers)).isNotEqualTo(one);
  }

  @Test
  void whatCountsTwiceDoesNotCancelItselfOut() {
    fingerprints.changed("default\0a", null, register(7, 2), registers);
    fingerprints.changed("default\0a", null, register(7, 2), registers);

    assertThat(fingerprints.of(0, 0, registers)).isNotEqualTo(Fingerprint.NOTHING);
  }

  private void put(String key, Register after) {
    Register before = after == null ? registers.remove(key) : registers.put(key, after);
    fingerprints.changed(key, before, after, registers);
  }

  private static Register register(long version, long round) {
    return Register.made(version, false, Json.of(1), OperationWindow.EMPTY).acceptedUnder(round);
  }
}
