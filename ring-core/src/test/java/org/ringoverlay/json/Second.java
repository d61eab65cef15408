package org.ringoverlay.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The second generation of the types of {@link First}: the same names, with more in each. */
final class Second {

  private Second() {}

  record Order(
      String customer,
      @Nullable String voucher,
      Address address,
      List<Line> lines,
      Map<String, Line> byName,
      Payment payment,
      Audit audit) {}

  record Address(String city, String country, Point point) {}

  record Point(double latitude, double longitude) {}

  record Line(String product, int count, boolean gift) {}

  record Audit(String by, List<String> notes) {}

  sealed interface Payment permits Card, Cash {}

  record Card(String number, String expires) implements Payment {}

  record Cash(long cents, String currency) implements Payment {}
}
