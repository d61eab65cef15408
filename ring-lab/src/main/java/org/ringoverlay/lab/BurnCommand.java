package org.ringoverlay.lab;

import java.util.concurrent.Callable;
import org.ringoverlay.lab.mutants.MutantsCommand;
import org.ringoverlay.lab.overlay.OverlayCommand;
import org.ringoverlay.lab.records.RecordsCommand;
import picocli.CommandLine.Command;

/** {@code ring burn}: whole rings in the simulator, and whether what finds bugs there does. */
@Command(
    name = "burn",
    description = "Torments rings in the simulator.",
    subcommands = {MutantsCommand.class, OverlayCommand.class, RecordsCommand.class})
final class BurnCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.err.println("Say what to burn: dht, mutants or overlay.");
    return 2;
  }
}
