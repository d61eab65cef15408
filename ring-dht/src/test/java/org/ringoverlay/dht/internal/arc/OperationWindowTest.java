package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Operation;

class OperationWindowTest {
  @Test
  void remembersTheLast128() {
    OperationWindow window = OperationWindow.EMPTY;
    for (int number = 0; number < 200; number++) {
      window = window.plus(operation(number));
    }

    assertThat(window.list()).hasSize(128);
    assertThat(window.find("71")).isNull();
    assertThat(window.find("72")).isEqualTo(operation(72));
    assertThat(window.find("199")).isEqualTo(operation(199));
  }

  @Test
  void takesTheLast128OfALongerList() {
    List<Operation> many = new ArrayList<>();
    for (int number = 0; number < 130; number++) {
      many.add(operation(number));
    }

    assertThat(OperationWindow.of(many, 0).list()).isEqualTo(many.subList(2, 130));
  }

  @Test
  void knowsTheNewestThatItHasForgotten() {
    OperationWindow window = OperationWindow.EMPTY;
    for (int number = 1; number <= 128; number++) {
      window = window.plus(operation(number));
    }
    assertThat(window.forgotten()).isZero();
    window = window.plus(operation(129)).plus(operation(130));
    assertThat(window.forgotten()).isEqualTo(2);
    assertThat(OperationWindow.of(window.list(), window.forgotten()).forgotten()).isEqualTo(2);

    List<Operation> many = new ArrayList<>(window.list());
    many.add(operation(131));
    assertThat(OperationWindow.of(many, 2).forgotten()).isEqualTo(3);
  }

  @Test
  void anOlderWindowStaysAsItWas() {
    OperationWindow one = OperationWindow.EMPTY.plus(operation(1));
    one.plus(operation(2));

    assertThat(one.list()).containsExactly(operation(1));
  }

  @Test
  void windowsThatShareALogAreThoseThatWouldNot() {
    var random = new Random(7);
    List<OperationWindow> windows = new ArrayList<>(List.of(OperationWindow.EMPTY));
    List<List<Operation>> expected = new ArrayList<>(List.of(List.of()));
    for (int number = 1; number <= 5_000; number++) {
      // Most go on with the newest, some with an older one, as after a change that was refused.
      int at =
          random.nextInt(8) > 0 ? windows.size() - 1 : random.nextInt(Math.min(windows.size(), 40));
      List<Operation> all = new ArrayList<>(expected.get(at));
      Operation more = operation(number);
      all.add(more);
      windows.add(windows.get(at).plus(more));
      expected.add(all);
      // The second to add the very same operation is the copy that this node keeps itself.
      windows.add(windows.get(at).plus(more));
      expected.add(all);
      if (windows.size() > 60) {
        windows.subList(0, 20).clear();
        expected.subList(0, 20).clear();
      }
    }
    for (int at = 0; at < windows.size(); at++) {
      List<Operation> all = expected.get(at);
      int from = Math.max(0, all.size() - 128);
      OperationWindow window = windows.get(at);
      assertThat(window.list()).isEqualTo(all.subList(from, all.size()));
      assertThat(window.forgotten()).isEqualTo(from == 0 ? 0 : all.get(from - 1).version());
      assertThat(window.find(all.get(all.size() - 1).id())).isNotNull();
      assertThat(from == 0 ? null : window.find(all.get(from - 1).id())).isNull();
      for (OperationWindow other : windows) {
        Map<Integer, Operation> places = kept(other);
        other.becomes(window, places::put, places::remove);
        assertThat(places).isEqualTo(kept(window));
      }
    }
  }

  private static Map<Integer, Operation> kept(OperationWindow window) {
    Map<Integer, Operation> places = new TreeMap<>();
    window.forEach(places::put);
    return places;
  }

  @Test
  void aNewOperationTakesThePlaceOfTheOneThatIsForgottenForIt() {
    OperationWindow window = OperationWindow.EMPTY;
    for (int number = 1; number <= 1_000; number++) {
      OperationWindow next = window.plus(operation(number));
      List<Integer> written = new ArrayList<>();
      window.becomes(
          next, (place, made) -> written.add(place), (place, gone) -> written.add(-place));
      assertThat(written).containsExactly((number - 1) % 128);
      window = next;
    }
  }

  @Test
  void everythingOfAnOperationIsRemembered() {
    var random = new Random(3);
    List<Operation.Outcome> outcomes = List.of(Operation.Outcome.values());
    List<Operation> all = new ArrayList<>();
    OperationWindow window = OperationWindow.EMPTY;
    for (int number = 1; number <= 300; number++) {
      Operation.Outcome outcome = outcomes.get(random.nextInt(outcomes.size()));
      long fingerprint = number > 100 && random.nextBoolean() ? random.nextLong() : 0;
      String id = "~".repeat(random.nextInt(100)) + number;
      var operation =
          new Operation(
              id,
              Long.MAX_VALUE - 300 + number,
              random.nextBoolean(),
              fingerprint,
              outcome,
              number);
      all.add(operation);
      window = window.plus(operation);
      assertThat(window.find(id)).isEqualTo(operation);
    }

    assertThat(window.list()).isEqualTo(all.subList(172, 300));
    assertThat(OperationWindow.of(window.list(), 0).list()).isEqualTo(window.list());
  }

  @Test
  void whatIsNoIdOfAnOperationIsNotRemembered() {
    OperationWindow window = OperationWindow.EMPTY.plus(operation(1));
    Operation bad = Operation.made("\u00e9", 2, false, 0);

    assertThat(OperationWindow.isId(bad.id())).isFalse();
    assertThatThrownBy(() -> window.plus(bad)).isInstanceOf(IllegalArgumentException.class);
    assertThat(window.plus(operation(3)).list()).containsExactly(operation(1), operation(3));
  }

  private static Operation operation(int number) {
    return Operation.made(Integer.toString(number), number, false, 0);
  }
}
