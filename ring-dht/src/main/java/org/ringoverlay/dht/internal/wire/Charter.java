package org.ringoverlay.dht.internal.wire;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.ringoverlay.error.RingException;

/**
 * The settings of the whole ring, which are one of its records.
 *
 * @param copies how many copies the ring wants: 1, 3, 5 or 7
 * @param namespaces what holds in which namespace, by its name
 */
public record Charter(int copies, Map<String, Rules> namespaces) {
  /** The most namespaces that have rules of their own: all nodes keep them in memory. */
  public static final int NAMESPACES_MAX = 1_000;

  /** Copies the map, in the order of the names. */
  public Charter {
    namespaces =
        namespaces == null
            ? Collections.emptySortedMap()
            : Collections.unmodifiableMap(new TreeMap<>(namespaces));
  }

  /** Whether there can be so many copies: an odd number, so that a majority is worth its price. */
  public static boolean areCopies(int copies) {
    return copies >= 1 && copies <= Configuration.MEMBERS_MAX && copies % 2 == 1;
  }

  /** What holds in a namespace, as far as this version of the program can obey it. */
  public Rules of(String namespace) {
    return Rules.obeyed(namespaces.get(namespace));
  }

  /** The same with another number of copies. */
  public Charter keeping(int newCopies) {
    return new Charter(newCopies, namespaces);
  }

  /** The same with other rules for a namespace. */
  public Charter ruling(String namespace, Rules rules) {
    var changed = new TreeMap<>(namespaces);
    changed.put(namespace, rules);
    return new Charter(copies, changed);
  }

  /**
   * Checks it before it is written.
   *
   * @return itself
   * @throws RingException.InvalidInput if it says what no node could obey
   */
  public Charter check() {
    if (!areCopies(copies)) {
      throw new RingException.InvalidInput("A ring keeps 1, 3, 5 or 7 copies, not " + copies + ".");
    }
    if (namespaces.size() > NAMESPACES_MAX) {
      throw new RingException.InvalidInput(
          "At most "
              + NAMESPACES_MAX
              + " namespaces have rules of their own; take those away that nobody needs.");
    }
    namespaces.values().forEach(Charter::checkRules);
    return this;
  }

  private static void checkRules(Rules rules) {
    if (rules == null) {
      throw new RingException.InvalidInput("A namespace's rules are an object.");
    }
    rules.check();
  }
}
