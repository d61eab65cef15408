package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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

  private static Operation operation(int number) {
    return Operation.made(Integer.toString(number), number, false, 0);
  }
}
