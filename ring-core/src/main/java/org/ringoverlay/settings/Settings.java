package org.ringoverlay.settings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;

/**
 * The values of one node's settings, each with the place it came from.
 *
 * <p>Built once at start from several {@linkplain Source sources}, the first of which wins.
 * Immutable; any thread.
 */
public final class Settings {
  /** Environment names that begin with {@code RING_} and are the command's own, not settings. */
  private static final List<String> COMMAND_VARIABLES = List.of("RING_NODE", "RING_JAVA_OPTS");

  /** What a source said of a setting. */
  private record Given(Object value, String text, String origin) {}

  /** By name. A list and no map: many nodes may run in one process. */
  private final List<Setting<?>> known;

  private final Map<String, Given> given;

  private Settings(List<Setting<?>> known, Map<String, Given> given) {
    this.known = known;
    this.given = given;
  }

  /**
   * A place where values stand.
   *
   * @param origin what to call it, such as {@code the builder} or {@code ring.yaml}
   * @param values what stands there, by the settings' names
   */
  public record Source(String origin, Map<String, String> values) {
    /** Copies the values. */
    public Source {
      values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /** The entries of system properties that begin with {@code ring.}. */
    public static Source systemProperties(Map<String, String> properties) {
      var values = new TreeMap<String, String>();
      properties.forEach(
          (name, value) -> {
            if (name.startsWith("ring.")) {
              values.put(name, value);
            }
          });
      return new Source("the system properties", values);
    }

    /** The variables of an environment that begin with {@code RING_}, under settings' names. */
    public static Source environment(Map<String, String> environment) {
      var values = new TreeMap<String, String>();
      environment.forEach(
          (name, value) -> {
            if (name.startsWith("RING_") && !COMMAND_VARIABLES.contains(name)) {
              values.put(name.toLowerCase(java.util.Locale.ROOT).replace('_', '.'), value);
            }
          });
      return new Source("the environment", values);
    }
  }

  /**
   * Resolves the settings.
   *
   * @param known every setting that exists for this node
   * @param sources where to look, the first that has a value wins
   * @throws RingException.InvalidInput if a name is unknown (the message names the nearest one) or
   *     a value breaks its rule
   */
  public static Settings resolve(List<? extends Setting<?>> known, List<Source> sources) {
    var byName = new TreeMap<String, Setting<?>>();
    for (Setting<?> setting : known) {
      byName.put(setting.name(), setting);
    }
    var given = new TreeMap<String, Given>();
    for (Source source : sources) {
      source
          .values()
          .forEach(
              (name, text) -> {
                Setting<?> setting = byName.get(name);
                if (setting == null) {
                  throw unknown(name, source.origin(), new ArrayList<>(byName.keySet()));
                }
                Object value = setting.parse(text, source.origin());
                given.putIfAbsent(name, new Given(value, text, source.origin()));
              });
    }
    return new Settings(List.copyOf(byName.values()), given);
  }

  /** The defaults of the given settings. */
  public static Settings defaults(List<? extends Setting<?>> known) {
    return resolve(known, List.of());
  }

  private static RingException unknown(String name, String origin, List<String> names) {
    String nearest = Nearest.to(name, names);
    return new RingException.InvalidInput(
        "There is no setting '"
            + Printable.text(name, 80)
            + "' (from "
            + origin
            + ")."
            + (nearest == null ? "" : " Did you mean '" + nearest + "'?"));
  }

  /** The value of a setting, its default if no source had one. */
  @SuppressWarnings("unchecked") // resolve() stored what the setting's own parser made
  public <T> T get(Setting<T> setting) {
    Given found = given.get(setting.name());
    return found == null ? setting.defaultValue() : (T) found.value();
  }

  /** The value of a setting as a user wrote it, or as one would write the default. */
  public String text(Setting<?> setting) {
    Given found = given.get(setting.name());
    return found == null ? setting.defaultText() : found.text();
  }

  /** Where the value of a setting came from, {@code the default} if from nowhere. */
  public String origin(Setting<?> setting) {
    Given found = given.get(setting.name());
    return found == null ? "the default" : found.origin();
  }

  /** Every setting that exists for this node, by name. */
  public List<Setting<?>> known() {
    return known;
  }

  /** The name among {@code names} that {@code name} most likely meant. */
  public static @Nullable String nearest(String name, List<String> names) {
    return Nearest.to(name, names);
  }
}
