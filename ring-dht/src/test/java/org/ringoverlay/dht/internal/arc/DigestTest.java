package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Fingerprint;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.json.Json;

class DigestTest {
  private static final String KEY = "default\0key";
  private static final OperationWindow WINDOW =
      OperationWindow.of(List.of(Operation.made("l:one", 7, false, 0)), 3);

  @Test
  void everythingThatARegisterHoldsCounts() {
    var digests = new HashSet<Fingerprint>();
    for (Register register :
        List.of(
            new Register(7, 7, false, Json.of("a value of some length"), WINDOW, 0, 1),
            new Register(8, 7, false, Json.of("a value of some length"), WINDOW, 0, 1),
            new Register(7, 6, false, Json.of("a value of some length"), WINDOW, 0, 1),
            new Register(7, 7, true, Json.of("a value of some length"), WINDOW, 0, 1),
            new Register(7, 7, false, Json.of("a value of some lengtH"), WINDOW, 0, 1),
            new Register(7, 7, false, Json.of("A value of some length"), WINDOW, 0, 1),
            new Register(7, 7, false, Json.of("a value of some length"), WINDOW, 5, 1),
            new Register(
                7, 7, false, Json.of("a value of some length"), OperationWindow.EMPTY, 0, 1),
            new Register(
                7,
                7,
                false,
                Json.of("a value of some length"),
                OperationWindow.of(WINDOW.list(), 4),
                0,
                1),
            new Register(
                7,
                7,
                false,
                Json.of("a value of some length"),
                OperationWindow.of(List.of(Operation.made("l:two", 7, false, 0)), 3),
                0,
                1))) {
      assertThat(digests.add(Digest.of(KEY, register))).as(register.toString()).isTrue();
    }
    assertThat(digests.add(Digest.of("default\0kez", register(1)))).isTrue();
  }

  @Test
  void theBallotUnderWhichANodeAcceptedItDoesNot() {
    assertThat(Digest.of(KEY, register(1))).isEqualTo(Digest.of(KEY, register(2)));
  }

  private static Register register(long round) {
    return new Register(7, 7, false, Json.of(1), WINDOW, 0, round);
  }
}
