package org.ringoverlay.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.ringoverlay.console.cli.RingCommand;
import org.ringoverlay.console.node.NodeOptions;
import org.ringoverlay.console.node.RunningNode;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.ReadOptions;
import org.ringoverlay.dht.WriteOptions;
import org.ringoverlay.json.Json;

/**
 * What nodes meet in their lives, played through once, so that an archive that the JVM makes of its
 * classes when it ends holds those of all of it.
 *
 * <p>Three nodes in this process, with disks, found a ring and join it; records are written, read,
 * listed, compared; one node is started again, one leaves. Without an archive a node's loop stands
 * still for tens of milliseconds whenever it does something for the first time, because classes are
 * loaded on it; a planned leave is where writers would notice.
 */
public final class Rehearsal {
  private static final long MILLIS_MAX = 60_000;
  private static final int NODES = 3;
  private static final int RECORDS = 64;

  private final Path directory;
  private final List<RunningNode> nodes = new ArrayList<>();

  private Rehearsal(Path directory) {
    this.directory = directory;
  }

  /**
   * Plays it through and ends the process; takes some ten seconds, a minute at most, and leaves
   * nothing behind. What commands print goes to standard output. What goes wrong is told on
   * standard error and is no failure: an archive of a part of the classes is one too.
   *
   * @param args where to make the directory of the nodes' disks, if it is not to be the temporary
   *     one
   */
  public static void main(String[] args) {
    var limit = new Thread(Rehearsal::endLater, "limit");
    limit.setDaemon(true);
    limit.start();
    try {
      Path directory =
          args.length == 0
              ? Files.createTempDirectory("ring-rehearsal")
              : Files.createTempDirectory(Path.of(args[0]), "ring-rehearsal");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory), "delete"));
      new Rehearsal(directory).play();
    } catch (IOException | RuntimeException failed) {
      System.err.println("ring: the rehearsal ends early: " + failed);
    }
    System.exit(0);
  }

  private static void endLater() {
    try {
      Thread.sleep(MILLIS_MAX);
    } catch (InterruptedException interrupted) {
      return;
    }
    System.err.println("ring: the rehearsal takes too long and ends early");
    System.exit(0);
  }

  private static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException | UncheckedIOException gone) {
      System.err.println("ring: " + directory + " cannot be deleted: " + gone);
    }
  }

  private void play() {
    command("node", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--until-eof");
    try {
      for (int node = 0; node < NODES; node++) {
        nodes.add(start(node, "127.0.0.1:0"));
      }
      write("first");
      look();
      // Started again, where it was, it takes its arcs back.
      String address = nodes.get(1).ring().address();
      nodes.remove(1).close();
      write("while one is away");
      nodes.add(1, start(1, address));
      write("when it is back");
      RunningNode leaver = nodes.remove(2);
      CompletionStage<?> left = leaver.ring().leave();
      write("while one leaves");
      leaver.ring().await(left);
      leaver.close();
      write("last");
    } finally {
      for (RunningNode node : nodes) {
        node.close();
      }
    }
  }

  private RunningNode start(int node, String listen) {
    return RunningNode.start(
        new NodeOptions(
            listen,
            "127.0.0.1:0",
            "",
            directory.resolve(Integer.toString(node)).toString(),
            "rehearsal",
            node == 0 ? List.of() : List.of(nodes.get(0).ring().address()),
            Map.of(),
            false,
            true,
            Map.of(),
            List.of()));
  }

  private void write(String value) {
    for (int record = 0; record < RECORDS; record++) {
      RunningNode node = nodes.get(record % nodes.size());
      Dht dht = Dht.on(node.ring());
      String key = "rehearsal/" + record;
      long version =
          node.ring().await(dht.put(key, Json.of(value), WriteOptions.defaults())).version();
      node.ring().await(dht.get(key, ReadOptions.defaults()));
      node.ring().await(dht.put(key, Json.of(value), WriteOptions.defaults().ifVersion(version)));
    }
  }

  private void look() {
    String gateway = "http://" + nodes.get(1).http();
    command("put", "rehearsal/key", "1", "--node", gateway);
    command("get", "rehearsal/key", "--node", gateway);
    command("keys", "rehearsal/", "--node", gateway);
    command("delete", "rehearsal/key", "--node", gateway);
    command("status", "--node", gateway);
    command("ring", "--node", gateway);
    command("verify", "--node", gateway);
  }

  private static void command(String... words) {
    var unused = RingCommand.ofProcess().run(words);
  }
}
