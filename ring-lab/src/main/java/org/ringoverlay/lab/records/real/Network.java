package org.ringoverlay.lab.records.real;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the nodes of a run are: all on this machine's loopback, or each in a network namespace of
 * its own, between which the ways can be cut, each direction for itself.
 *
 * <p>The namespaces hang on a bridge in one more namespace, so that the machine's own network has
 * no part in it. Their addresses are of 127/8, for nodes speak nowhere else while there is no TLS;
 * the kernel is told to route these. A way is cut where it begins: the way's end gets a hardware
 * address that nobody has, and what is sent there vanishes without a word, as on a dead wire.
 */
final class Network implements AutoCloseable {
  /** Why nodes cannot be cut off. */
  static final String NEEDS_ROOT =
      "Cutting nodes off needs root and the command ip, for network namespaces: run it as root, or"
          + " with --cuts 0.";

  private static final int PORT = 7_400;
  private static final String NOWHERE = "02:00:00:00:ff:ff";

  private final String subnet;
  private final String prefix;
  private final int nodes;
  private final boolean separate;
  private final Thread cleaner = new Thread(this::remove, "remove-namespaces");

  private Network(int nodes, boolean separate) {
    long pid = ProcessHandle.current().pid();
    // Runs that overlap have addresses of their own.
    this.subnet = "127." + (64 + pid / 256 % 128) + "." + pid % 256 + ".";
    this.prefix = "ring" + pid + "-";
    this.nodes = nodes;
    this.separate = separate;
  }

  /** All nodes on the loopback; nothing can be cut. */
  static Network loopback(int nodes) {
    return new Network(nodes, false);
  }

  /**
   * A namespace for each node.
   *
   * @throws IOException if they cannot be made; it needs root, and {@code ip} of iproute2
   */
  static Network namespaces(int nodes) throws IOException, InterruptedException {
    if (!isPossible()) {
      throw new IOException(NEEDS_ROOT);
    }
    var network = new Network(nodes, true);
    Runtime.getRuntime().addShutdownHook(network.cleaner);
    try {
      network.build();
    } catch (IOException | InterruptedException failed) {
      network.close();
      throw failed;
    }
    return network;
  }

  /** Whether this process may make namespaces. */
  static boolean isPossible() throws InterruptedException {
    String name = "ring" + ProcessHandle.current().pid() + "-try";
    try {
      run("ip", "netns", "add", name);
      run("ip", "netns", "del", name);
      return true;
    } catch (IOException lacking) {
      return false;
    }
  }

  /** Whether nodes can be cut off. */
  boolean isSeparate() {
    return separate;
  }

  String address(int node) {
    return host(node) + ":" + PORT;
  }

  private String host(int node) {
    return subnet + (node + 1);
  }

  private static String hardware(int node) {
    return String.format("02:00:00:00:00:%02x", node + 1);
  }

  private String name(int node) {
    return prefix + node;
  }

  private String hub() {
    return prefix + "hub";
  }

  /** The words that start a program where a node is. */
  List<String> before(int node) {
    return separate ? List.of("ip", "netns", "exec", name(node)) : List.of();
  }

  private void build() throws IOException, InterruptedException {
    run("ip", "netns", "add", hub());
    run("ip", "-n", hub(), "link", "add", "name", "bridge", "type", "bridge");
    run("ip", "-n", hub(), "link", "set", "dev", "bridge", "up");
    for (int node = 0; node < nodes; node++) {
      run("ip", "netns", "add", name(node));
      String port = "port" + node;
      in(node, "link", "add", "name", "eth0", "type", "veth", "peer", "name", port, "netns", hub());
      run("ip", "-n", hub(), "link", "set", "dev", port, "master", "bridge", "up");
      in(node, "link", "set", "dev", "eth0", "address", hardware(node), "up");
      in(node, "link", "set", "dev", "lo", "up");
      // All of 127/8 is the loopback's unless that holds one address alone.
      in(node, "addr", "del", "127.0.0.1/8", "dev", "lo");
      in(node, "addr", "add", "127.0.0.1/32", "dev", "lo");
      String setting = "/proc/sys/net/ipv4/conf/eth0/route_localnet";
      run("ip", "netns", "exec", name(node), "sh", "-c", "echo 1 > " + setting);
      in(node, "addr", "add", host(node) + "/24", "dev", "eth0");
    }
    mend();
  }

  private void in(int node, String... words) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("ip", "-n", name(node)));
    command.addAll(List.of(words));
    run(command.toArray(String[]::new));
  }

  /** Lets nothing more get from one node to another; the other direction stays as it is. */
  void cut(int from, int to) throws IOException, InterruptedException {
    way(from, to, NOWHERE);
  }

  /** Opens all ways. */
  void mend() throws IOException, InterruptedException {
    for (int from = 0; separate && from < nodes; from++) {
      for (int to = 0; to < nodes; to++) {
        if (from != to) {
          way(from, to, hardware(to));
        }
      }
    }
  }

  private void way(int from, int to, String hardware) throws IOException, InterruptedException {
    in(from, "neigh", "replace", host(to), "lladdr", hardware, "dev", "eth0", "nud", "permanent");
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("'" + String.join(" ", command) + "' failed: " + said);
    }
  }

  private void remove() {
    for (int node = 0; node <= nodes; node++) {
      String name = node == nodes ? hub() : name(node);
      try {
        if (Files.exists(Path.of("/run/netns", name))) {
          run("ip", "netns", "del", name);
        }
      } catch (IOException kept) {
        System.err.println("The namespace " + name + " is left: " + kept.getMessage());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Removes the namespaces. */
  @Override
  public void close() {
    if (separate) {
      remove();
      try {
        Runtime.getRuntime().removeShutdownHook(cleaner);
      } catch (IllegalStateException ending) {
        // The hook runs already, and finds nothing left to do.
        return;
      }
    }
  }
}
