package org.ringoverlay.settings;

import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;

/**
 * A setting: its one name, its default, its rule and a sentence of documentation.
 *
 * <p>The name {@code ring.heartbeat.interval} is the system property as it stands and the
 * environment variable {@code RING_HEARTBEAT_INTERVAL}. Immutable; any thread.
 *
 * @param <T> the type of the value; durations are {@link Long} nanoseconds, sizes {@link Long}
 *     bytes
 */
public final class Setting<T> {
  private static final Pattern NAME = Pattern.compile("ring(\\.[a-z0-9]+)+");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})(B|KiB|MiB|GiB)?");

  private final String name;
  private final String defaultText;
  private final T defaultValue;
  private final Function<String, T> parser;
  private final String rule;
  private final String doc;

  private Setting(
      String name, String defaultText, Function<String, T> parser, String rule, String doc) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("a setting's name is ring.x.y in lower case: " + name);
    }
    this.name = name;
    this.defaultText = defaultText;
    this.parser = parser;
    this.rule = rule;
    this.doc = Objects.requireNonNull(doc);
    this.defaultValue = parse(defaultText, "the default");
  }

  /** A duration such as {@code 250ms}, {@code 5s} or {@code 10m}; the value is in nanoseconds. */
  public static Setting<Long> duration(String name, String defaultText, String doc) {
    return new Setting<>(
        name, defaultText, Setting::durationNanos, "a duration such as 250ms, 5s, 10m or 1h", doc);
  }

  /** A size such as {@code 65536}, {@code 64KiB} or {@code 8MiB}; the value is in bytes. */
  public static Setting<Long> size(String name, String defaultText, String doc) {
    return new Setting<>(
        name, defaultText, Setting::sizeBytes, "a size such as 4096, 64KiB or 8MiB", doc);
  }

  /** A whole number within both bounds, which are allowed themselves. */
  public static Setting<Integer> integer(
      String name, int defaultValue, int min, int max, String doc) {
    return new Setting<>(
        name,
        Integer.toString(defaultValue),
        text -> {
          int value = Integer.parseInt(text);
          if (value < min || value > max) {
            throw new NumberFormatException();
          }
          return value;
        },
        "a whole number from " + min + " to " + max,
        doc);
  }

  /** Any text, the empty one too. */
  public static Setting<String> text(String name, String defaultText, String doc) {
    return new Setting<>(name, defaultText, Function.identity(), "text", doc);
  }

  /** {@code true} or {@code false}. */
  public static Setting<Boolean> flag(String name, boolean defaultValue, String doc) {
    return new Setting<>(
        name,
        Boolean.toString(defaultValue),
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new NumberFormatException();
            },
        "true or false",
        doc);
  }

  /** The one name, such as {@code ring.heartbeat.interval}. */
  public String name() {
    return name;
  }

  /** The name of the environment variable, such as {@code RING_HEARTBEAT_INTERVAL}. */
  public String environmentName() {
    return name.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** The default as a user would write it. */
  public String defaultText() {
    return defaultText;
  }

  /** The default. */
  public T defaultValue() {
    return defaultValue;
  }

  /** What a value must look like. */
  public String rule() {
    return rule;
  }

  /** What the setting does, in a sentence. */
  public String doc() {
    return doc;
  }

  /**
   * Reads a value.
   *
   * @param text what the user wrote
   * @param origin where the user wrote it, for the error
   * @throws RingException.InvalidInput if the text breaks the rule
   */
  public T parse(String text, String origin) {
    try {
      return parser.apply(text);
    } catch (NumberFormatException broken) {
      throw new RingException.InvalidInput(
          "The setting "
              + name
              + " (from "
              + origin
              + ") is "
              + rule
              + ", not '"
              + Printable.text(text, 80)
              + "'.");
    }
  }

  /**
   * Reads a duration such as {@code 30s}, as settings, the gateway and the command write them.
   *
   * @return nanoseconds, at most about 292 years
   * @throws NumberFormatException if the text is not {@code [0-9]+(ms|s|m|h|d)} or too long
   */
  public static long durationNanos(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new NumberFormatException("not a duration");
    }
    long unitNanos =
        switch (matcher.group(2)) {
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          default -> 86_400_000_000_000L;
        };
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), unitNanos);
    } catch (ArithmeticException tooLong) {
      throw new NumberFormatException("too long a duration");
    }
  }

  private static long sizeBytes(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new NumberFormatException("not a size");
    }
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    long value = Long.parseLong(matcher.group(1));
    if (value > Long.MAX_VALUE >> shift) {
      throw new NumberFormatException("too large a size");
    }
    return value << shift;
  }

  @Override
  public String toString() {
    return name;
  }
}
