package org.ringoverlay.testkit.junit;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.ReflectionSupport;
import org.ringoverlay.testkit.NodeSetup;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;

/** Runs the methods that bear {@link RingTest}. */
public final class RingTestExtension implements TestTemplateInvocationContextProvider {
  private static final String SEED = "testkit.seed";
  private static final String SEEDS = "testkit.seeds";
  private static final String FRESH = "testkit.seeds.fresh";

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
    return seeds(asked, name).mapToObj(seed -> new Run(asked, replay(name, seed), seed));
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

  /** The command that runs one seed of one method again, to be typed where the build is started. */
  static String replay(String test, long seed) {
    Path module = Path.of("").toAbsolutePath().getFileName();
    return "replay: mvn -o -q test -pl "
        + module
        + " -am -Dtest="
        + test
        + " -Dtestkit.seed="
        + seed;
  }

  private record Run(RingTest asked, String replay, long seed)
      implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int invocationIndex) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new World(asked, replay, Simulation.of(seed).replay(replay)));
    }
  }

  /** One run: makes what the parameters ask for, and says what to type when it fails. */
  private record World(RingTest asked, String replay, Simulation simulation)
      implements ParameterResolver, InvocationInterceptor {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      Class<?> type = parameter.getParameter().getType();
      return type == Simulation.class || type == SimRing.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      if (parameter.getParameter().getType() == Simulation.class) {
        return simulation;
      }
      NodeSetup setup = ReflectionSupport.newInstance(asked.setup());
      try {
        return simulation.ring(asked.nodes(), setup);
      } catch (RuntimeException | Error failed) {
        tell();
        throw failed;
      }
    }

    @Override
    public void interceptTestTemplateMethod(
        Invocation<Void> invocation,
        ReflectiveInvocationContext<Method> method,
        ExtensionContext context)
        throws Throwable {
      try {
        invocation.proceed();
        simulation.check();
      } catch (Throwable failed) {
        tell();
        throw failed;
      }
    }

    @SuppressWarnings("SystemOut") // the line is for the person who reads the build's output
    private void tell() {
      System.out.println(replay);
    }
  }
}
