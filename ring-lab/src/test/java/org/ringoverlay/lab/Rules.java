package org.ringoverlay.lab;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** The rules, each for the real classes and the planted ones alike. */
final class Rules {
  /** The modules that must give the same run for the same seed. */
  private static final List<String> DETERMINISTIC = List.of("core", "dht", "pubsub");

  /** The packages whose iteration orders reach the wire or a decision. */
  private static final List<String> PROTOCOL =
      List.of(
          "org.ringoverlay.internal.membership",
          "org.ringoverlay.internal.call",
          "org.ringoverlay.internal.link",
          "org.ringoverlay.internal.node",
          "org.ringoverlay.dht",
          "org.ringoverlay.pubsub");

  /** The binding turns Jackson's checked errors and streams of bytes; no file is behind them. */
  private static final Set<String> IO_WITHOUT_FILES =
      Set.of(
          "java.io.ByteArrayOutputStream",
          "java.io.Closeable",
          "java.io.IOException",
          "java.io.OutputStream",
          "java.io.Serial",
          "java.io.Serializable",
          "java.io.UncheckedIOException");

  private static final List<String> CHANCE =
      List.of(
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.concurrent.ThreadLocalRandom",
          "java.security.SecureRandom",
          "java.util.random.");

  private static final List<String> THREADS =
      List.of(
          "java.lang.ThreadGroup",
          "java.util.Timer",
          "java.util.concurrent.Executors",
          "java.util.concurrent.ForkJoinPool",
          "java.util.concurrent.ScheduledThreadPoolExecutor",
          "java.util.concurrent.ThreadPoolExecutor",
          "java.util.concurrent.locks.LockSupport");

  /** Interrupts are passed on and loaders are found through it; neither makes a thread. */
  private static final Set<String> HARMLESS_OF_THREAD =
      Set.of("currentThread", "interrupt", "isInterrupted", "getContextClassLoader", "getName");

  private static final Set<String> UNORDERED =
      Set.of(
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.Hashtable",
          "java.util.IdentityHashMap",
          "java.util.WeakHashMap",
          "java.util.concurrent.ConcurrentHashMap");

  private Rules() {}

  static ArchRule modulesKnowOnlyWhatTheTableAllows() {
    return dependencies(
        "know only the modules and libraries that the table of the architecture allows",
        type -> true,
        (origin, target) -> {
          String from = Modules.moduleOf(origin);
          String to = Modules.moduleOf(target);
          return to == null
              ? Modules.mayUseLibrary(from, target)
              : to.equals(from) || Modules.TABLE.get(from).modules().contains(to);
        });
  }

  static ArchRule onlyExportedPackagesAreUsedFromOutside(Set<String> exported) {
    return dependencies(
        "use only exported packages of other modules",
        type -> true,
        (origin, target) -> {
          String to = Modules.moduleOf(target);
          return to == null
              || to.equals(Modules.moduleOf(origin))
              || exported.contains(Modules.packageOf(target))
              // Nobody depends on these two as libraries; their main classes are called.
              || to.equals("console")
              || to.equals("examples");
        });
  }

  static ArchRule coreAloneTouchesItsInternals() {
    return dependencies(
        "leave the internals of the core alone",
        type -> !"core".equals(Modules.moduleOf(type)),
        (origin, target) ->
            !(Modules.packageOf(target) + ".").startsWith("org.ringoverlay.internal."));
  }

  static ArchRule packagesFormNoCycle() {
    return SlicesRuleDefinition.slices()
        .assignedFrom(slices("package", Modules::packageOf))
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(false);
  }

  static ArchRule modulesFormNoCycle() {
    return SlicesRuleDefinition.slices()
        .assignedFrom(slices("module", Modules::moduleOf))
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(false);
  }

  private static SliceAssignment slices(String kind, Function<JavaClass, String> name) {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        return Modules.moduleOf(type) == null
            ? SliceIdentifier.ignore()
            : SliceIdentifier.of(name.apply(type));
      }

      @Override
      public String getDescription() {
        return "each " + kind;
      }
    };
  }

  static ArchRule deterministicModulesTakeTimeAndChanceFromTheSpi() {
    return accesses(
        "take time and chance from the SPI",
        type -> DETERMINISTIC.contains(Modules.moduleOf(type)),
        access -> readsTheClock(access) || drawsChance(access));
  }

  static ArchRule deterministicModulesHaveNoThreads() {
    return accesses(
        "have no thread and hide none",
        type -> DETERMINISTIC.contains(Modules.moduleOf(type)),
        access -> usesThreads(access) || hidesThreads(access));
  }

  static ArchRule deterministicModulesTouchNoFile() {
    return dependencies(
        "touch no file",
        type -> DETERMINISTIC.contains(Modules.moduleOf(type)),
        (origin, target) ->
            !target.getPackageName().startsWith("java.nio.file")
                && !target.getPackageName().startsWith("java.nio.channels")
                && (!target.getPackageName().equals("java.io")
                    || IO_WITHOUT_FILES.contains(target.getName())));
  }

  static ArchRule protocolPackagesHaveNoUnorderedCollections() {
    return accesses(
        "have no collection whose order differs from JVM to JVM",
        type ->
            PROTOCOL.stream()
                .anyMatch(root -> (Modules.packageOf(type) + ".").startsWith(root + ".")),
        Rules::makesUnordered);
  }

  /** Its JUnit extension draws the seed of a run and waits in real time; the simulator never. */
  static ArchRule simulatorHasNoRealClock() {
    return accesses(
        "have no clock but the simulated one, and no thread",
        type ->
            "testkit".equals(Modules.moduleOf(type))
                && !(Modules.packageOf(type) + ".").startsWith("org.ringoverlay.testkit.junit."),
        access ->
            readsTheClock(access)
                || drawsChance(access)
                || usesThreads(access)
                || hidesThreads(access));
  }

  static ArchRule publicSignaturesShowNoNettyAndNoJackson(Set<String> exported) {
    return signatures(
        "show no type of Netty or Jackson",
        exported,
        shown ->
            !shown.getPackageName().startsWith("io.netty")
                && !shown.getPackageName().startsWith("com.fasterxml"));
  }

  static ArchRule publicSignaturesShowOnlyWhatIsExported(Set<String> exported) {
    return signatures(
        "show only exported types",
        exported,
        shown ->
            Modules.moduleOf(shown) == null
                || (exported.contains(Modules.packageOf(shown)) && isVisible(shown)));
  }

  private static boolean readsTheClock(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getTarget().getName();
    return (owner.equals("java.lang.System")
            && (name.equals("currentTimeMillis") || name.equals("nanoTime")))
        || (owner.startsWith("java.time.") && name.equals("now"))
        || owner.equals("java.time.Clock")
        || (owner.equals("java.util.Date") && name.equals("<init>"));
  }

  private static boolean drawsChance(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getTarget().getName();
    return CHANCE.stream()
            .anyMatch(
                chance -> chance.endsWith(".") ? owner.startsWith(chance) : owner.equals(chance))
        || (owner.equals("java.util.UUID") && name.equals("randomUUID"))
        || (owner.equals("java.util.Collections")
            && name.equals("shuffle")
            && parameters(access).size() == 1)
        || ((owner.equals("java.lang.Math") || owner.equals("java.lang.StrictMath"))
            && name.equals("random"));
  }

  private static boolean usesThreads(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getTarget().getName();
    return (owner.getName().equals("java.lang.Thread") && !HARMLESS_OF_THREAD.contains(name))
        || THREADS.contains(owner.getName())
        || (owner.getName().equals("java.util.concurrent.TimeUnit") && name.equals("sleep"))
        || (owner.getName().equals("java.lang.Object") && name.equals("wait"));
  }

  private static boolean hidesThreads(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getTarget().getName();
    boolean stage =
        owner.equals("java.util.concurrent.CompletableFuture")
            || owner.equals("java.util.concurrent.CompletionStage");
    boolean timed =
        name.equals("orTimeout")
            || name.equals("completeOnTimeout")
            || name.equals("delayedExecutor");
    boolean poolless =
        name.endsWith("Async")
            && parameters(access).stream()
                .noneMatch(parameter -> parameter.isEquivalentTo(Executor.class));
    return (stage && (timed || poolless))
        || name.equals("parallelStream")
        || (owner.startsWith("java.util.stream.") && name.equals("parallel"))
        || (owner.equals("java.util.Arrays") && name.startsWith("parallel"));
  }

  private static boolean makesUnordered(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getTarget().getName();
    List<JavaClass> parameters = parameters(access);
    return switch (owner) {
      // With at most one entry there is but one order.
      case "java.util.Set" ->
          name.equals("copyOf")
              || (name.equals("of")
                  && (parameters.size() > 1 || parameters.stream().anyMatch(JavaClass::isArray)));
      case "java.util.Map" ->
          name.equals("copyOf")
              || name.equals("ofEntries")
              || (name.equals("of") && parameters.size() > 2);
      case "java.util.stream.Collectors" ->
          switch (name) {
            case "toSet", "toUnmodifiableSet", "toUnmodifiableMap" -> true;
            case "toMap" -> parameters.size() < 4;
            case "groupingBy" -> parameters.size() < 3;
            default -> name.endsWith("Concurrent");
          };
      default -> UNORDERED.contains(owner) && name.equals("<init>");
    };
  }

  private static List<JavaClass> parameters(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitAccessTarget target
        ? target.getRawParameterTypes()
        : List.of();
  }

  private interface Judge {
    boolean accepts(JavaClass origin, JavaClass target);
  }

  private static ArchRule dependencies(String should, Predicate<JavaClass> where, Judge judge) {
    return rule(
        should,
        where,
        (type, events) -> {
          for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
            JavaClass target = dependency.getTargetClass().getBaseComponentType();
            if (!target.isPrimitive() && !judge.accepts(type, target)) {
              events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
            }
          }
        });
  }

  private static ArchRule accesses(
      String should, Predicate<JavaClass> where, Predicate<JavaAccess<?>> forbidden) {
    return rule(
        should,
        where,
        (type, events) -> {
          for (JavaAccess<?> access : type.getAccessesFromSelf()) {
            if (forbidden.test(access)) {
              events.add(SimpleConditionEvent.violated(type, access.getDescription()));
            }
          }
        });
  }

  private static ArchRule signatures(
      String should, Set<String> exported, Predicate<JavaClass> accepted) {
    return rule(
        should,
        type -> exported.contains(Modules.packageOf(type)) && isVisible(type),
        (type, events) -> {
          for (JavaClass shown : shownBy(type)) {
            if (!accepted.test(shown)) {
              events.add(
                  SimpleConditionEvent.violated(
                      type, type.getName() + " shows " + shown.getName()));
            }
          }
        });
  }

  private static Set<JavaClass> shownBy(JavaClass type) {
    var shown = new LinkedHashSet<JavaClass>();
    type.getSuperclass().ifPresent(parent -> add(shown, parent));
    type.getInterfaces().forEach(parent -> add(shown, parent));
    type.getTypeParameters()
        .forEach(parameter -> parameter.getUpperBounds().forEach(bound -> add(shown, bound)));
    for (JavaField field : type.getFields()) {
      if (isShown(field)) {
        add(shown, field.getType());
      }
    }
    for (JavaCodeUnit unit : type.getCodeUnits()) {
      if (isShown(unit)) {
        add(shown, unit.getReturnType());
        unit.getParameterTypes().forEach(parameter -> add(shown, parameter));
        unit.getTypeParameters()
            .forEach(parameter -> parameter.getUpperBounds().forEach(bound -> add(shown, bound)));
        unit.getThrowsClause().getTypes().forEach(thrown -> add(shown, thrown));
      }
    }
    return shown;
  }

  private static void add(Set<JavaClass> shown, JavaType type) {
    for (JavaClass raw : type.getAllInvolvedRawTypes()) {
      JavaClass component = raw.getBaseComponentType();
      if (!component.isPrimitive()) {
        shown.add(component);
      }
    }
  }

  private static boolean isShown(JavaMember member) {
    Set<JavaModifier> modifiers = member.getModifiers();
    return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
        && !modifiers.contains(JavaModifier.SYNTHETIC)
        && !modifiers.contains(JavaModifier.BRIDGE);
  }

  private static boolean isVisible(JavaClass type) {
    Set<JavaModifier> modifiers = type.getModifiers();
    boolean here =
        modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    return here && type.getEnclosingClass().map(Rules::isVisible).orElse(true);
  }

  private static ArchRule rule(
      String should, Predicate<JavaClass> where, BiConsumer<JavaClass, ConditionEvents> check) {
    return classes()
        .that(
            DescribedPredicate.describe(
                "are ours", type -> Modules.moduleOf(type) != null && where.test(type)))
        .should(
            new ArchCondition<JavaClass>(should) {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                check.accept(type, events);
              }
            })
        .allowEmptyShould(false);
  }

  /** All exported packages, whoever exports them. */
  static Set<String> exportedPackages() {
    var all = new TreeSet<String>();
    Modules.exported().values().forEach(all::addAll);
    return all;
  }
}
