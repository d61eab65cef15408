package org.ringoverlay.lab.records.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.lab.process.ClassArchive;
import org.ringoverlay.lab.process.NodesProcess;

/**
 * The nodes of a run: each a process with a data directory of its own, that is started, killed,
 * stopped and started again, and through which clients reach the records.
 *
 * <p>One thread starts and ends nodes; any thread asks them.
 */
final class Cluster implements AutoCloseable {
  private static final Duration READY_MAX = Duration.ofMinutes(2);
  private static final Duration LEFT_MAX = Duration.ofMinutes(2);
  private static final List<String> FLAGS =
      List.of(
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:ActiveProcessorCount=1",
          "-Xshare:auto");

  private final Network network;
  private final Path directory;
  private final Map<String, String> settings;
  private final int size;
  private final List<Running> processes = new ArrayList<>();
  private List<String> flags = FLAGS;
  private final List<Running> up = new CopyOnWriteArrayList<>();
  private final List<String> troubles = new CopyOnWriteArrayList<>();
  private final AtomicLong numbers = new AtomicLong();

  /** A process of a node, from its start to its end. */
  final class Running {
    static final Comparator<Running> BY_NODE = Comparator.comparingInt(one -> one.node);

    final int node;
    private final NodesProcess process;
    private final Map<Long, CompletableFuture<Reply>> open = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private volatile boolean ended;
    private volatile boolean ending;

    private Running(int node, NodesProcess process) {
      this.node = node;
      this.process = process;
    }

    Id id() {
      return process.ids().get(0);
    }

    /**
     * Asks the node, without waiting.
     *
     * @return never fails; is {@link Reply#LOST} when the process ends before it answers
     */
    CompletableFuture<Reply> ask(Request request) {
      long number = numbers.incrementAndGet();
      var reply = new CompletableFuture<Reply>();
      open.put(number, reply);
      process.tell(number + " " + request.words());
      if (ended) {
        loseAll();
      }
      return reply;
    }

    /** Whether the process has not ended. */
    boolean isRunning() {
      return !ended;
    }

    private void listen() {
      var thread =
          new Thread(
              () -> {
                try {
                  process.hearOut(this::hear);
                } catch (InterruptedException interrupted) {
                  Thread.currentThread().interrupt();
                }
                ended = true;
                if (!ending) {
                  troubles.add("the process of node " + node + " ended by itself");
                }
                loseAll();
              },
              "hear-" + node);
      thread.setDaemon(true);
      thread.start();
    }

    private void hear(String line) {
      String[] words = line.split(" ", 3);
      if (words[0].equals("answer")) {
        CompletableFuture<Reply> asked = open.remove(Long.parseLong(words[1]));
        if (asked != null) {
          asked.complete(Reply.parse(words[2]));
        }
      } else if (words[0].equals("left")) {
        left.complete(null);
      } else if (!line.equals("closed") || !ending) {
        troubles.add("node " + node + " said by itself: " + line);
      }
    }

    private void loseAll() {
      for (Long number : List.copyOf(open.keySet())) {
        CompletableFuture<Reply> asked = open.remove(number);
        if (asked != null) {
          asked.complete(Reply.LOST);
        }
      }
    }
  }

  /** Makes it; nothing runs yet. */
  Cluster(Network network, Path directory, int size, Map<String, String> settings) {
    this.network = network;
    this.directory = directory;
    this.settings = settings;
    this.size = size;
  }

  int size() {
    return size;
  }

  /** Founds the ring, and lets the others join. Their classes are in an archive by then. */
  void begin() throws IOException, InterruptedException {
    flags = ClassArchive.add(FLAGS, directory);
    launch(0, List.of());
    awaitReady(0);
    for (int node = 1; node < size; node++) {
      launch(node, List.of(network.address(0)));
    }
    for (int node = 1; node < size; node++) {
      awaitReady(node);
    }
  }

  private void launch(int node, List<String> seeds) throws IOException {
    Path data = directory.resolve("node-" + node);
    var arguments = new ArrayList<>(List.of(network.address(node), data.toString()));
    settings.forEach((setting, value) -> arguments.add(setting + "=" + value));
    arguments.addAll(seeds);
    NodesProcess process =
        NodesProcess.start(
            new NodesProcess.Plan(
                "node-" + node,
                network.before(node),
                flags,
                NodeProgram.class,
                arguments,
                directory.resolve("node-" + node + ".log")));
    var running = new Running(node, process);
    if (node < processes.size()) {
      processes.set(node, running);
    } else {
      processes.add(running);
    }
  }

  private void awaitReady(int node) throws IOException, InterruptedException {
    Running running = processes.get(node);
    running.process.awaitReady(READY_MAX);
    running.listen();
    up.add(running);
  }

  /** Starts nodes again that were ended, all at once, and waits until they are ready. */
  void restart(List<Integer> nodes) throws IOException, InterruptedException {
    for (int node : nodes) {
      processes.get(node).process.end();
      var seeds = new ArrayList<String>();
      for (int other = 0; other < size; other++) {
        if (other != node) {
          seeds.add(network.address(other));
        }
      }
      launch(node, seeds);
    }
    for (int node : nodes) {
      awaitReady(node);
    }
  }

  /** {@code kill -9}, of all of them at once. */
  void kill(List<Integer> nodes) throws InterruptedException {
    for (int node : nodes) {
      up.remove(down(node));
    }
    var killers = new ArrayList<Thread>();
    for (int node : nodes) {
      var killer = new Thread(() -> killAndWait(node), "kill-" + node);
      killers.add(killer);
      killer.start();
    }
    for (Thread killer : killers) {
      killer.join();
    }
  }

  private Running down(int node) {
    Running running = processes.get(node);
    running.ending = true;
    return running;
  }

  private void killAndWait(int node) {
    try {
      processes.get(node).process.kill();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** SIGTERM: the node says goodbye, and keeps its place. */
  void stop(int node) throws InterruptedException {
    Running running = down(node);
    up.remove(running);
    running.process.terminate();
  }

  /** Lets a node leave for good, and takes its disk away. */
  void leave(int node) throws IOException, InterruptedException {
    Running running = down(node);
    up.remove(running);
    running.process.tell("leave");
    try {
      running.left.get(LEFT_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException stays) {
      throw new IOException("node " + node + " did not leave", stays);
    }
    running.process.kill();
    delete(directory.resolve("node-" + node));
  }

  /** SIGSTOP; clients ask it no more. */
  void freeze(int node) throws IOException, InterruptedException {
    up.remove(processes.get(node));
    processes.get(node).process.stop();
  }

  /** SIGCONT. */
  void thaw(int node) throws IOException, InterruptedException {
    processes.get(node).process.goOn();
    up.add(processes.get(node));
  }

  /** The nodes that run, those that are cut off among them. */
  List<Running> up() {
    return List.copyOf(up);
  }

  /** The running node with an ID, or null. */
  @Nullable Running byId(String id) {
    return up.stream().filter(one -> one.id().toString().equals(id)).findFirst().orElse(null);
  }

  /** What nodes did that they never should. */
  List<String> troubles() {
    return List.copyOf(troubles);
  }

  @Override
  public void close() throws IOException {
    for (Running running : processes) {
      running.ending = true;
      try {
        running.process.end();
      } catch (InterruptedException interrupted) {
        // The others are to be ended too; whoever interrupted learns of it afterwards.
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Deletes a directory with all that is in it. */
  static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : all) {
      Files.delete(one);
    }
  }
}
