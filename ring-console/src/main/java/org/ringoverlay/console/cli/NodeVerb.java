package org.ringoverlay.console.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.LeaveReport;
import org.ringoverlay.console.node.NodeOptions;
import org.ringoverlay.console.node.RunningNode;
import org.ringoverlay.error.RingException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Runs a node in the foreground until it is told to stop. */
final class NodeVerb implements Verb {
  @Override
  public String summary() {
    return "Runs one node in the foreground; SIGTERM ends it gracefully.";
  }

  @Override
  public void shape(CommandSpec spec) {
    NodeArguments.shape(spec);
    Gatewayed.flag(
        spec, "--until-eof", "Ends the node when standard input ends, as a child's should.");
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    NodeOptions options = NodeArguments.options(parsed, terminal.properties(), terminal.env());
    var life = new Life(terminal);
    var hook = new Thread(life::stopAndHalt, "ring-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      RunningNode node;
      try {
        node = RunningNode.start(options);
      } catch (RingException failed) {
        // To the shell, a node that could not start is a wrong command line, whatever the code
        // says.
        terminal.problem(failed);
        return Exit.USAGE;
      }
      life.node.set(node);
      node.closed().whenComplete((nothing, error) -> life.over.countDown());
      terminal.line(node.readyLine());
      terminal.out().flush();
      boolean untilEof = parsed.hasMatchedOption("--until-eof");
      if (untilEof) {
        awaitEnd(terminal);
      } else {
        life.over.await();
      }
      if (!life.stopping) {
        life.stop();
      }
      if (life.stopping) {
        // The hook says what there is to say, and ends the process.
        new CountDownLatch(1).await();
      }
      Optional<Integer> left = left(node, terminal);
      if (left.isPresent()) {
        return left.get();
      }
      return untilEof
          ? Exit.DONE
          : terminal.problem(
              new RingException.Closed("The node closed by itself; the log above says why."));
    } finally {
      if (!life.stopping) {
        forget(hook);
      }
    }
  }

  /** The status of a node that was told to leave for good; empty if it was not. */
  private static Optional<Integer> left(RunningNode node, Terminal terminal) {
    return node.drained()
        .map(LeaveReport::unfinished)
        .map(
            unfinished ->
                unfinished.isEmpty()
                    ? Exit.DONE
                    : Unfinished.problem(node.ring().id().toString(), unfinished, terminal));
  }

  private static void awaitEnd(Terminal terminal) {
    try {
      byte[] ignored = new byte[256];
      int read;
      do {
        read = terminal.in().read(ignored);
      } while (read >= 0);
    } catch (IOException gone) {
      return;
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // The hook runs and ends the process.
      return;
    }
  }

  /** The node between its start and its end. */
  private static final class Life {
    final AtomicReference<@Nullable RunningNode> node = new AtomicReference<>();
    final CountDownLatch over = new CountDownLatch(1);
    private final Terminal terminal;
    private boolean stopped;
    volatile boolean stopping;

    Life(Terminal terminal) {
      this.terminal = terminal;
    }

    /** Whoever comes second waits until the first is through. */
    synchronized void stop() {
      RunningNode running = node.get();
      if (running != null && !stopped) {
        stopped = true;
        running.close();
      }
    }

    /**
     * A signal would end the process with its own status; one that was obeyed is a success, unless
     * the node was told to leave for good before and could not hand everything over.
     */
    void stopAndHalt() {
      stopping = true;
      int status = Exit.DONE;
      RunningNode running = node.get();
      try {
        stop();
        if (running != null) {
          status = left(running, terminal).orElse(Exit.DONE);
        }
      } catch (RingException failed) {
        status = terminal.problem(failed);
      } catch (RuntimeException failed) {
        status = Exit.NO;
      }
      Runtime.getRuntime().halt(status);
    }
  }
}
