package org.ringoverlay.lab.records;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.testkit.history.History;
import org.ringoverlay.testkit.history.Linearizability;
import org.ringoverlay.testkit.history.Register;

/** What clients asked and were answered, key by key, and whether that can be. One thread. */
public final class Histories {
  private static final int TRIED_MAX = 2_000_000;

  private final Map<String, History<Register.Ask, Register.Answer>> histories = new TreeMap<>();
  private final Map<String, Map<Long, String>> versions = new TreeMap<>();
  private @Nullable String wrong;

  /** Makes them, empty. */
  public Histories() {}

  /** A key's history, which begins when it is first asked for. */
  public History<Register.Ask, Register.Answer> of(String key) {
    return histories.computeIfAbsent(key, unused -> new History<>());
  }

  /** The keys with a history, in their order. */
  public List<String> keys() {
    return List.copyOf(histories.keySet());
  }

  /** What was seen of each key: values by version, the empty text for a delete. */
  public Map<String, Map<Long, String>> versions() {
    return Collections.unmodifiableMap(versions);
  }

  /** A client saw a value under a version: it shows one, whoever sees it and whenever (G4). */
  public void shown(String key, long version, String value) {
    String before = versions.computeIfAbsent(key, unused -> new TreeMap<>()).put(version, value);
    if (before != null && !before.equals(value)) {
      wrong = key + " showed " + before + " and " + value + " under version " + version;
    }
  }

  /**
   * What is wrong, null if nothing is. Takes time where many operations overlap.
   *
   * @throws IllegalStateException if that could not be decided
   */
  public @Nullable String flaw() {
    if (wrong != null) {
      return wrong;
    }
    for (Map.Entry<String, History<Register.Ask, Register.Answer>> one : histories.entrySet()) {
      String flaw = Linearizability.flaw(new Register(), one.getValue(), TRIED_MAX);
      if (flaw != null) {
        return one.getKey() + " is not linearizable. " + flaw;
      }
    }
    return null;
  }
}
