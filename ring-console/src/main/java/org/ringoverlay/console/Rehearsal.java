package org.ringoverlay.console;

import java.io.IOException;
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
  private static final int NODES = 3;
  private static final int RECORDS = 64;

  private final Path directory;
  private final List<RunningNode> nodes = new ArrayList<>();

  private Rehearsal(Path directory) {
    this.directory = directory;
  }

  /**
   * Plays it through; takes a few seconds, and leaves nothing behind. What commands print goes to
   * standard output.
   *
   * @param args nothing
   * @throws IOException if there is no place for the nodes' disks
   */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("ring-rehearsal");
    try {
      new Rehearsal(directory).play();
    } finally {
      try (Stream<Path> all = Files.walk(directory)) {
        all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
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
      nodes.forEach(RunningNode::close);
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
