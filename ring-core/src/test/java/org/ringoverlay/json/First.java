package org.ringoverlay.json;

import java.util.List;
import java.util.Map;

/** The first generation of some types, as an old node knows them. */
final class First {

  private First() {}

  record Order(
      String customer,
      Address address,
      List<Line> lines,
      Map<String, Line> byName,
      Payment payment) {}

  record Address(String city) {}

  record Line(String product, int count) {}

  sealed interface Payment permits Card, Cash {}

  record Card(String number) implements Payment {}

  record Cash(long cents) implements Payment {}
}
