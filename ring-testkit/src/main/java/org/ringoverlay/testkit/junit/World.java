package org.ringoverlay.testkit.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.ReflectionSupport;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.schedule.Schedule;
import org.ringoverlay.testkit.schedule.Shrinker;

/**
 * One run: makes what the parameters ask for, shrinks the schedule when it fails, and says what to
 * type to see it again.
 */
final class World implements ParameterResolver, InvocationInterceptor {
  private static final String SHRINK_RUNS = "testkit.shrink.runs";
  private static final int SHRINK_RUNS_DEFAULT = 300;
  private static final Path DIRECTORY = Path.of("target", "schedules");

  private final Case one;
  private final Simulation simulation;

  World(Case one) {
    this.one = one;
    this.simulation = one.simulation();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return Case.gives(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    try {
      return one.parameter(parameter.getParameter().getType(), simulation);
    } catch (RuntimeException | Error failed) {
      say(one.replay());
      throw failed;
    }
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> called,
      ExtensionContext context)
      throws Throwable {
    try {
      invocation.proceed();
      simulation.check();
    } catch (Throwable failed) {
      say(one.replay());
      throw shrunk(called.getExecutable(), context.getRequiredTestClass(), failed);
    }
  }

  /** What to fail with: the failure of a smaller schedule, if there is one to shrink. */
  private Throwable shrunk(Method method, Class<?> type, Throwable failed) {
    int runsMax = Integer.getInteger(SHRINK_RUNS, SHRINK_RUNS_DEFAULT);
    boolean scheduled = List.of(method.getParameterTypes()).contains(Schedule.class);
    if (!scheduled || runsMax < 1 || System.getProperty(RingTestExtension.SCHEDULE) != null) {
      return failed;
    }
    boolean repeatable =
        Arrays.stream(method.getParameterTypes()).allMatch(Case::gives)
            && (type.getEnclosingClass() == null || Modifier.isStatic(type.getModifiers()));
    if (!repeatable) {
      say(
          "not shrunk: the method takes more than the test kit gives, or its class is an inner one");
      return failed;
    }
    Path file = DIRECTORY.resolve(one.test().replace('#', '-') + "-" + one.seed() + ".json");
    String option = "-D" + RingTestExtension.SCHEDULE + "=" + file;
    String replay = RingTestExtension.replay(one.test(), option);
    Shrinker.Shrunk small =
        Shrinker.shrink(
            one.schedule(),
            failed,
            schedule -> run(method, type, one.with(replay, schedule)),
            runsMax,
            World::say);
    write(file, small.schedule());
    say("what is left of the schedule, in " + file + ":");
    say(small.schedule().toJson().strip());
    say(replay);
    if (small.failure() != failed) {
      small.failure().addSuppressed(failed);
    }
    return small.failure();
  }

  /** Runs the method once more from the beginning. */
  private static Optional<Throwable> run(Method method, Class<?> type, Case again) {
    Simulation simulation = again.simulation();
    try {
      Object[] arguments =
          Arrays.stream(method.getParameterTypes())
              .map(parameter -> again.parameter(parameter, simulation))
              .toArray();
      ReflectionSupport.invokeMethod(method, ReflectionSupport.newInstance(type), arguments);
      simulation.check();
      return Optional.empty();
    } catch (Exception | LinkageError | AssertionError failed) {
      return Optional.of(failed);
    }
  }

  private static void write(Path file, Schedule schedule) {
    try {
      Files.createDirectories(DIRECTORY);
      Files.writeString(file, schedule.toJson());
    } catch (IOException unwritable) {
      throw new UncheckedIOException("The schedule cannot be written.", unwritable);
    }
  }

  @SuppressWarnings("SystemOut") // the lines are for the person who reads the build's output
  private static void say(String line) {
    System.out.println(line);
  }
}
