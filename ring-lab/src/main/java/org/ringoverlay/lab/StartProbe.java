package org.ringoverlay.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.Written;
import org.ringoverlay.json.Json;

/**
 * The process that {@code ring bench start} times: joins the ring of its first argument in memory
 * and without a gateway, puts one record, tells what came of it, and ends when its standard input
 * does. Without an argument it does nothing but tell its threads: the idle JVM to compare with.
 */
final class StartProbe {
  private StartProbe() {}

  public static void main(String[] args) throws IOException {
    if (args.length == 0) {
      System.out.println("idle threads=" + threads());
      waitForEnd();
      return;
    }
    try (Ring ring = Ring.builder().seeds(List.of(args[0])).startAndAwait()) {
      Written written = ring.await(Dht.on(ring).put("first-put-of-" + ring.id(), Json.of("here")));
      System.out.println(
          "put copies="
              + written.copies()
              + " wanted="
              + written.wanted()
              + " threads="
              + threads());
      waitForEnd();
    }
  }

  private static void waitForEnd() throws IOException {
    while (System.in.read() >= 0) {
      // Whoever started this process ends it by closing its input.
    }
  }

  /** The threads of this process as the system counts them, the JVM's own among them. */
  private static int threads() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Threads:")) {
        return Integer.parseInt(line.substring("Threads:".length()).trim());
      }
    }
    throw new IOException("the system does not count threads in /proc/self/status");
  }
}
