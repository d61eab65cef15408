package org.ringoverlay.examples.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ringoverlay.Ring;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.pubsub.Event;
import org.ringoverlay.pubsub.Gap;
import org.ringoverlay.pubsub.SubscribeOptions;
import org.ringoverlay.pubsub.Topics;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;

/**
 * A chat: each person runs a node, and what one types all others see, in the same order.
 *
 * <p>{@code ada 7501}, then {@code bob 7502 127.0.0.1:7501}; the name, the port, then the addresses
 * of nodes that run. {@code /who} lists who is here, {@code /quit} or the end of the input leaves.
 *
 * <p>Who is here is not kept anywhere: the name is a label of the member, and so what the ring
 * knows of its members is what {@code /who} says. Somebody whose process died says no goodbye; the
 * ring notices, and the chat prints what the ring noticed.
 */
public final class Chat implements AutoCloseable {
  private static final String TOPIC = "chat";
  private static final String LABEL = "chat-name";
  private static final int NAME_CHARS_MAX = 40;
  private static final int TEXT_CHARS_MAX = 1_000;

  private final String name;
  private final PrintStream out;
  private final Ring ring;
  private final Topics topics;

  private Chat(String name, String listen, List<String> seeds, PrintStream out) {
    this.name = name;
    this.out = out;
    this.ring =
        Ring.builder()
            .ring(TOPIC)
            .listen(listen)
            .seeds(seeds)
            .label(LABEL, name)
            .observer(new Departures(out))
            .startAndAwait();
    this.topics = Topics.on(ring);
  }

  /**
   * Runs the chat until its input ends.
   *
   * @param args the name, the port, then the addresses of nodes that run
   */
  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      System.err.println("usage: Chat NAME PORT [HOST:PORT …]");
      System.exit(2);
    }
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<String> seeds = List.of(args).subList(2, args.length);
    try (var chat = new Chat(Printable.text(args[0], NAME_CHARS_MAX), local(args[1]), seeds, out)) {
      chat.run(in);
    } catch (RingException failed) {
      System.err.println(failed + " " + failed.hint());
      System.exit(1);
    }
  }

  private static String local(String port) {
    return "127.0.0.1:" + port;
  }

  private void run(BufferedReader in) throws IOException {
    ring.await(
        topics.subscribe(
            TOPIC, this::print, SubscribeOptions.defaults().tellingGaps(this::printGap)));
    out.println("* you are " + name + " at " + ring.address() + "; /who, /quit");
    publish(new Talk.Joined(name));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      switch (line.strip()) {
        case "" -> {}
        case "/quit" -> {
          return;
        }
        case "/who" -> out.println("* here: " + who());
        default -> publish(new Talk.Said(name, line));
      }
    }
  }

  private String who() {
    return ring.view().alive().stream()
        .flatMap(member -> nameOf(member).stream())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static Optional<String> nameOf(Member member) {
    return Optional.ofNullable(member.labels().get(LABEL))
        .map(found -> Printable.text(found, NAME_CHARS_MAX));
  }

  /** Says what became of it: a message that was not sent is not silently gone. */
  private void publish(Talk talk) {
    try {
      ring.await(topics.publish(TOPIC, talk));
    } catch (RingException.OutcomeUnknown unknown) {
      out.println("! it may or may not have been sent: " + unknown.getMessage());
    } catch (RingException failed) {
      out.println("! not sent: " + failed.getMessage() + " " + failed.hint());
    }
  }

  private void print(Event event) {
    Talk talk;
    try {
      talk = event.value().as(Talk.class);
    } catch (RingException.InvalidInput strange) {
      out.println("* a message that this chat does not understand");
      return;
    }
    if (talk instanceof Talk.Said said) {
      out.println(shown(said.name()) + ": " + Printable.text(said.text(), TEXT_CHARS_MAX));
    } else if (talk instanceof Talk.Joined joined) {
      out.println("* " + shown(joined.name()) + " joined");
    } else if (talk instanceof Talk.Left left) {
      out.println("* " + shown(left.name()) + " left");
    }
  }

  private static String shown(String foreignName) {
    return Printable.text(foreignName, NAME_CHARS_MAX);
  }

  private void printGap(Gap gap) {
    out.println(
        "! you missed what was said between " + gap.from() + " and " + gap.to() + ", if anything");
  }

  /** Says goodbye, then leaves the ring. */
  @Override
  public void close() {
    publish(new Talk.Left(name));
    ring.close();
  }

  /** Prints who went without a goodbye. */
  private record Departures(PrintStream out) implements RingObserver {
    @Override
    public void memberChanged(Id node, MemberEvent event) {
      if (event.member().state() == MemberState.DEAD) {
        nameOf(event.member()).ifPresent(gone -> out.println("* " + gone + " is gone"));
      }
    }
  }
}
