package org.ringoverlay.lab;

import java.util.concurrent.Callable;
import org.ringoverlay.lab.mutants.MutantsCommand;
import org.ringoverlay.lab.overlay.OverlayCommand;
import org.ringoverlay.lab.records.RecordsCommand;
import org.ringoverlay.lab.records.real.RealCommand;
import picocli.CommandLine.Command;

/** {@code ring burn}: whole rings in bad weather, and whether what finds bugs there does. */
@Command(
    name = "burn",
    description = "Torments rings, in the simulator and in real processes.",
    subcommands = {
      MutantsCommand.class,
      OverlayCommand.class,
      RecordsCommand.class,
      RealCommand.class
    })
final class BurnCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.err.println("Say what to burn: dht, mutants, overlay or real-dht.");
    return 2;
  }
}
