package org.ringoverlay.internal.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.settings.Settings;

/**
 * What a node is told when it is built.
 *
 * @param ring the ring's name
 * @param listen where to listen
 * @param advertise the address that others are told, empty for the bound one
 * @param http the gateway's address, or empty
 * @param seeds members of the ring to join
 * @param found whether to found a ring although there are seeds
 * @param id the node's ID if it was chosen
 * @param directory the data directory as it was named, empty without one
 */
public record NodeConfig(
    String ring,
    String listen,
    String advertise,
    String http,
    List<String> seeds,
    boolean found,
    Optional<Id> id,
    Optional<String> directory,
    Map<String, String> labels,
    Settings settings) {
  private static final int NAME_BYTES_MAX = 128;
  private static final int LABELS_MAX = 64;

  /** Copies, and checks the names. */
  public NodeConfig {
    seeds = List.copyOf(seeds);
    labels = new java.util.TreeMap<>(labels);
    checkName("A ring's name", ring);
    if (labels.size() > LABELS_MAX) {
      throw new RingException.InvalidInput("A node has at most " + LABELS_MAX + " labels.");
    }
    labels.forEach(
        (name, value) -> {
          checkName("A label's name", name);
          checkName("A label's value", value);
        });
  }

  private static void checkName(String what, String name) {
    int bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > NAME_BYTES_MAX || name.chars().anyMatch(Character::isISOControl)) {
      throw new RingException.InvalidInput(
          what
              + " is 1–"
              + NAME_BYTES_MAX
              + " bytes without control characters, not '"
              + Printable.text(name, 40)
              + "' of "
              + bytes
              + " bytes.");
    }
  }
}
