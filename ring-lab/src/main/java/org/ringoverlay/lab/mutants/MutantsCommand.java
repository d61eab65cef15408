package org.ringoverlay.lab.mutants;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ring burn mutants}. */
@Command(
    name = "mutants",
    description =
        "Plants each bug of ring-lab/mutants in a copy of the sources and runs its scenario until a"
            + " seed finds it. First the code as it is, which must survive.")
public final class MutantsCommand implements Callable<Integer> {
  @Option(
      names = "--seeds",
      defaultValue = "500",
      description = "Seeds within which a bug is to be found (${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--control",
      defaultValue = "20",
      description = "Seeds for the code as it is (${DEFAULT-VALUE}).")
  private int control;

  @Option(names = "--seed", defaultValue = "1", description = "The first seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--only", description = "The mutants to plant; all unless said.")
  private List<String> only = List.of();

  @Option(
      names = "--root",
      description = "The repository; found from the jar or the working directory unless said.")
  private @Nullable Path root;

  /** Made by the command line. */
  public MutantsCommand() {}

  @Override
  public Integer call() throws Exception {
    PrintStream out = System.out;
    Path repository = root != null ? root : repository();
    if (repository == null) {
      System.err.println("There is no ring-lab/mutants above the jar or here; say --root.");
      return 2;
    }
    try {
      List<Mutant> mutants =
          Mutant.of(repository).stream()
              .filter(mutant -> only.isEmpty() || only.contains(mutant.name()))
              .toList();
      if (mutants.isEmpty()) {
        System.err.println("No mutant is called so.");
        return 2;
      }
      boolean survives = controlHolds(out, mutants);
      boolean found = allAreFound(out, repository, mutants);
      return survives && found ? 0 : 1;
    } catch (Patch.Broken broken) {
      System.err.println(broken.getMessage());
      return 2;
    }
  }

  private boolean controlHolds(PrintStream out, List<Mutant> mutants) throws Exception {
    var scenarios = new TreeSet<String>();
    mutants.forEach(mutant -> scenarios.add(mutant.scenario()));
    boolean holds = true;
    for (String scenario : scenarios) {
      String said = Mutant.run(Mutant.classPath(), scenario, seed, control);
      holds &= said.equals(MutantTrial.SURVIVED);
      out.printf(
          Locale.ROOT,
          "%-36s %-10s %d seeds: %s%n",
          "(the code as it is)",
          scenario,
          control,
          said);
    }
    return holds;
  }

  private boolean allAreFound(PrintStream out, Path repository, List<Mutant> mutants)
      throws Exception {
    int found = 0;
    for (Mutant mutant : mutants) {
      long begun = System.nanoTime();
      String said = mutant.hunt(repository, seed, seeds);
      double took = (System.nanoTime() - begun) / 1e9;
      if (said.startsWith(MutantTrial.FOUND)) {
        found++;
        long at = Long.parseLong(said.substring(MutantTrial.FOUND.length(), said.indexOf(':')));
        out.printf(
            Locale.ROOT,
            "%-36s %-10s found after %d seeds, %.1f s: %s%n",
            mutant.name(),
            mutant.scenario(),
            at - seed + 1,
            took,
            said.substring(said.indexOf(':') + 2));
      } else {
        out.printf(
            Locale.ROOT,
            "%-36s %-10s NOT found in %d seeds, %.1f s: %s%n",
            mutant.name(),
            mutant.scenario(),
            seeds,
            took,
            said);
      }
    }
    out.printf(Locale.ROOT, "%d of %d mutants found%n", found, mutants.size());
    return found == mutants.size();
  }

  /** The directory above the jar or the working directory that holds the mutants. */
  static @Nullable Path repository() throws Exception {
    Path jar =
        Path.of(MutantsCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    for (Path start : List.of(jar, Path.of("").toAbsolutePath())) {
      for (Path at = start; at != null; at = at.getParent()) {
        if (Files.isDirectory(at.resolve("ring-lab").resolve("mutants"))) {
          return at;
        }
      }
    }
    return null;
  }
}
