package org.ringoverlay.internal.membership;

import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Which facts a node has, as eight hexadecimal digits each in one text: short enough to send for a
 * whole leaf set. Two different facts are taken for one in one of 2³² cases; what is left out for
 * that reason is told by a later exchange. Immutable.
 */
final class Fingerprints {
  private static final int DIGITS = 8;
  private static final HexFormat HEX = HexFormat.of();

  /** Facts that are looked at; no node asks about more neighbours. */
  private static final int FACTS_MAX = 256;

  private final int[] sorted;

  private Fingerprints(int[] sorted) {
    this.sorted = sorted;
  }

  /** Those of some facts, as they are sent. */
  static String of(Collection<MemberTable.Known> facts) {
    var text = new StringBuilder(DIGITS * facts.size());
    for (MemberTable.Known fact : facts) {
      text.append(HEX.toHexDigits((int) MemberTable.fingerprint(fact)));
    }
    return text.toString();
  }

  /** Reads them; what is none ends the reading, since then the sender gets told more than less. */
  static Fingerprints parse(@Nullable String text) {
    int count = text == null ? 0 : Math.min(FACTS_MAX, text.length() / DIGITS);
    var read = new int[count];
    for (int i = 0; text != null && i < count; i++) {
      String digits = text.substring(i * DIGITS, (i + 1) * DIGITS);
      if (!digits.chars().allMatch(HexFormat::isHexDigit)) {
        read = Arrays.copyOf(read, i);
        break;
      }
      read[i] = HexFormat.fromHexDigits(digits);
    }
    Arrays.sort(read);
    return new Fingerprints(read);
  }

  boolean has(MemberTable.Known fact) {
    return Arrays.binarySearch(sorted, (int) MemberTable.fingerprint(fact)) >= 0;
  }
}
