package org.ringoverlay.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
  private static final Set<String> EXPORTED = Rules.exportedPackages();

  /** The classes of all modules, without their tests. */
  private static final JavaClasses REAL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(Modules.ROOT);

  /** Classes that break the rules, together with those that they name. */
  private static final JavaClasses PLANTED =
      new ClassFileImporter().importPackages(Modules.PLANTED);

  /** A rule, and the planted classes that break it; no other planted class does. */
  private record Law(String name, ArchRule rule, List<String> offenders) {}

  private static List<Law> laws() {
    return List.of(
        new Law(
            "modules know only what the table allows",
            Rules.modulesKnowOnlyWhatTheTableAllows(),
            List.of(
                "dht.KnowsPubsub",
                "pubsub.KnowsNetty",
                "internal.link.KnowsDht",
                "id.ShowsNetty",
                "testkit.KnowsJackson")),
        new Law(
            "only exported packages are used from outside",
            Rules.onlyExportedPackagesAreUsedFromOutside(EXPORTED),
            List.of("dht.TouchesInternals", "examples.TouchesInternalsOfDht")),
        new Law(
            "the core alone touches its internals",
            Rules.coreAloneTouchesItsInternals(),
            List.of("dht.TouchesInternals")),
        new Law(
            "time and chance come from the SPI",
            Rules.deterministicModulesTakeTimeAndChanceFromTheSpi(),
            List.of("dht.ReadsTheClock", "internal.node.DrawsChance", "pubsub.ReadsByReference")),
        new Law(
            "no threads, and none hidden",
            Rules.deterministicModulesHaveNoThreads(),
            List.of("internal.call.StartsAThread", "pubsub.HidesThreads")),
        new Law(
            "no files",
            Rules.deterministicModulesTouchNoFile(),
            List.of("dht.OpensFiles", "pubsub.WalksPaths")),
        new Law(
            "no collections without an order",
            Rules.protocolPackagesHaveNoUnorderedCollections(),
            List.of("internal.membership.HasNoOrder", "dht.CollectsWithoutOrder")),
        new Law(
            "the simulator has no real clock",
            Rules.simulatorHasNoRealClock(),
            List.of("testkit.ReadsTheRealClock")),
        new Law(
            "no Netty and no Jackson in public signatures",
            Rules.publicSignaturesShowNoNettyAndNoJackson(EXPORTED),
            List.of("id.ShowsNetty", "id.ShowsJackson")),
        new Law(
            "only exported types in public signatures",
            Rules.publicSignaturesShowOnlyWhatIsExported(EXPORTED),
            List.of("id.ShowsInternals", "id.ShowsWhatIsHidden")));
  }

  @TestFactory
  Stream<DynamicTest> everyRuleHolds() {
    return Stream.concat(
            laws().stream(),
            Stream.of(
                new Law("packages form no cycle", Rules.packagesFormNoCycle(), List.of()),
                new Law("modules form no cycle", Rules.modulesFormNoCycle(), List.of())))
        .map(law -> DynamicTest.dynamicTest(law.name(), () -> law.rule().check(REAL)));
  }

  @TestFactory
  Stream<DynamicTest> everyRuleFindsThePlantedOffendersAndNobodyElse() {
    return laws().stream()
        .map(
            law ->
                DynamicTest.dynamicTest(
                    law.name(),
                    () ->
                        assertThat(offenders(law.rule().evaluate(PLANTED)))
                            .containsExactlyInAnyOrderElementsOf(law.offenders())));
  }

  private static Set<String> offenders(EvaluationResult result) {
    var offenders = new TreeSet<String>();
    result.<JavaClass>handleViolations(
        (violating, message) ->
            violating.forEach(
                type -> offenders.add(type.getName().substring(Modules.PLANTED.length() + 1))));
    return offenders;
  }

  @Test
  void plantedCyclesOfPackagesAndModulesAreFound() {
    assertThat(Rules.packagesFormNoCycle().evaluate(PLANTED).getFailureReport().toString())
        .contains("planted.view.KnowsSettings", "planted.settings.KnowsView");
    assertThat(Rules.modulesFormNoCycle().evaluate(PLANTED).getFailureReport().toString())
        .contains("planted.internal.link.KnowsDht");
  }

  @TestFactory
  Stream<DynamicTest> everyModuleIsScanned() {
    var classes = new TreeMap<String, Integer>();
    for (JavaClass type : REAL) {
      if (!type.getSimpleName().equals("package-info")) {
        classes.merge(Modules.moduleOf(type), 1, Integer::sum);
      }
    }
    return Modules.TABLE.keySet().stream()
        .map(
            module ->
                DynamicTest.dynamicTest(
                    module,
                    () -> assertThat(classes.getOrDefault(module, 0)).as(module).isPositive()));
  }

  @Test
  void everyPublishedModuleHasADescriptorAndExportsItsFace() {
    assertThat(Modules.exported().keySet())
        .containsExactlyInAnyOrder(
            "org.ringoverlay.console",
            "org.ringoverlay.core",
            "org.ringoverlay.dht",
            "org.ringoverlay.pubsub",
            "org.ringoverlay.store",
            "org.ringoverlay.testkit",
            "org.ringoverlay.transport.netty");
    assertThat(EXPORTED)
        .contains(
            "org.ringoverlay",
            "org.ringoverlay.dht",
            "org.ringoverlay.id",
            "org.ringoverlay.pubsub",
            "org.ringoverlay.spi",
            "org.ringoverlay.store",
            "org.ringoverlay.testkit",
            "org.ringoverlay.transport.netty");
    assertThat(EXPORTED).noneMatch(name -> name.contains("internal"));
  }

  @Test
  void everyPackageSaysWhatItOwns() {
    var packages = new TreeSet<String>();
    var described = new TreeSet<String>();
    for (JavaClass type : REAL) {
      packages.add(type.getPackageName());
      if (type.getSimpleName().equals("package-info")) {
        described.add(type.getPackageName());
      }
    }
    assertThat(described).isEqualTo(packages);
  }
}
