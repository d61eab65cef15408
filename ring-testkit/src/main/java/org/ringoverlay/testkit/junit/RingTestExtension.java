package org.ringoverlay.testkit.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.ringoverlay.testkit.schedule.Schedule;

/** Runs the methods that bear {@link RingTest}. */
public final class RingTestExtension implements TestTemplateInvocationContextProvider {
  static final String SEED = "ringtest.seed";
  static final String SCHEDULE = "ringtest.schedule";
  private static final String SEEDS = "ringtest.seeds";
  private static final String FRESH = "ringtest.seeds.fresh";

  /** Made by JUnit. */
  public RingTestExtension() {}

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return context.getRequiredTestMethod().isAnnotationPresent(RingTest.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    Method method = context.getRequiredTestMethod();
    RingTest asked = method.getAnnotation(RingTest.class);
    String name = context.getRequiredTestClass().getSimpleName() + "#" + method.getName();
    String file = System.getProperty(SCHEDULE);
    if (file != null) {
      Schedule schedule = read(Path.of(file));
      String replay = replay(name, "-D" + SCHEDULE + "=" + file);
      return Stream.of(new Run(new Case(asked, name, replay, schedule.seed(), schedule)));
    }
    return seeds(asked, name)
        .mapToObj(
            seed -> new Run(new Case(asked, name, replay(name, "-D" + SEED + "=" + seed), seed)));
  }

  private static Schedule read(Path file) {
    try {
      return Schedule.parse(Files.readString(file));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(
          "The schedule cannot be read; "
              + SCHEDULE
              + " is a path seen from the module's directory.",
          unreadable);
    }
  }

  private static LongStream seeds(RingTest asked, String name) {
    Long only = Long.getLong(SEED);
    if (only != null) {
      return LongStream.of(only);
    }
    int count = Integer.getInteger(SEEDS, asked.seeds());
    long first = firstSeed(asked, name);
    return LongStream.range(first, first + count);
  }

  private static long firstSeed(RingTest asked, String name) {
    if (Boolean.getBoolean(FRESH)) {
      return new SecureRandom().nextInt(Integer.MAX_VALUE);
    }
    return asked.seed() != 0 ? asked.seed() : Integer.toUnsignedLong(name.hashCode());
  }

  /** The command that runs one case of a method again, to be typed where the build is started. */
  static String replay(String test, String option) {
    Path module = Path.of("").toAbsolutePath().getFileName();
    return "replay: mvn -o -q test -pl " + module + " -am -Dtest=" + test + " " + option;
  }

  private record Run(Case one) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int invocationIndex) {
      return "seed " + one.seed();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new World(one));
    }
  }
}
