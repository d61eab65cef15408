package org.ringoverlay.lab.records.real;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.ReadOptions;
import org.ringoverlay.dht.Versioned;
import org.ringoverlay.dht.WriteOptions;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/**
 * The program of a JVM with one real node that keeps its copies on disk and does for clients what
 * its standard input says: lines {@code NUMBER REQUEST}, answered by {@code answer NUMBER REPLY} in
 * whatever order. {@code leave} lets the node leave for good, which is told by {@code left}. That
 * the node has closed, for whatever reason, is told by {@code closed}. It is gone as soon as its
 * input ends.
 */
final class NodeProgram {
  private NodeProgram() {}

  /**
   * Runs until its input ends.
   *
   * @param args where to listen, the data directory, then settings as {@code name=value} and the
   *     addresses of seeds; without any it founds or resumes
   */
  public static void main(String[] args) throws IOException {
    try (var commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Ring ring = start(List.of(args));
      // SIGTERM is a restart to come: the node says goodbye, and keeps its place.
      Runtime.getRuntime().addShutdownHook(new Thread(ring::close, "close"));
      say("node " + ring.id() + " " + ring.address());
      say("ready");
      var unusedClosed = ring.closed().thenRun(() -> say("closed"));
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        List<String> words = List.of(line.split(" ", -1));
        if (words.get(0).equals("leave")) {
          var unused = ring.leave().whenComplete((report, error) -> say("left"));
        } else {
          obey(ring, words.get(0), Request.parse(words.subList(1, words.size())));
        }
      }
    } catch (RuntimeException failed) {
      say("failed " + failed);
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }

  private static Ring start(List<String> arguments) {
    var builder = Ring.builder().listen(arguments.get(0)).data(arguments.get(1));
    var seeds = new ArrayList<String>();
    for (String argument : arguments.subList(2, arguments.size())) {
      int equals = argument.indexOf('=');
      if (equals < 0) {
        seeds.add(argument);
      } else {
        builder.set(argument.substring(0, equals), argument.substring(equals + 1));
      }
    }
    return builder.seeds(seeds).startAndAwait();
  }

  private static void obey(Ring ring, String number, Request request) {
    CompletionStage<Reply> done;
    try {
      done = reply(Dht.on(ring), request);
    } catch (RuntimeException failed) {
      say("answer " + number + " " + refusal(failed).words());
      return;
    }
    done.whenComplete(
        (reply, error) ->
            say("answer " + number + " " + (error == null ? reply : refusal(error)).words()));
  }

  private static CompletionStage<Reply> reply(Dht dht, Request request) {
    Duration time = Duration.ofMillis(request.millis());
    ReadOptions reading = ReadOptions.defaults().within(time);
    return switch (request.kind()) {
      case GET -> dht.get(request.key(), reading).thenApply(NodeProgram::found);
      case PEEK -> dht.get(request.key(), reading.allowingStale()).thenApply(NodeProgram::found);
      case PUT ->
          dht.put(request.key(), Json.parse(request.value()), writing(request, time))
              .thenApply(written -> new Reply(Reply.Kind.WRITTEN, written.version(), ""));
      case DELETE ->
          dht.delete(request.key(), writing(request, time))
              .thenApply(
                  deleted ->
                      new Reply(Reply.Kind.WRITTEN, deleted.existed() ? deleted.version() : 0, ""));
      case OWNER ->
          dht.owner(request.key())
              .thenApply(
                  owner ->
                      new Reply(
                          Reply.Kind.OWNER,
                          owner.epoch(),
                          owner.replicas().stream()
                              .map(Id::toString)
                              .collect(Collectors.joining(" "))));
    };
  }

  private static WriteOptions writing(Request request, Duration time) {
    WriteOptions options = WriteOptions.defaults().within(time);
    options =
        switch (request.condition()) {
          case Request.NONE -> options;
          case Request.ABSENT -> options.onlyIfAbsent();
          default -> options.ifVersion(Long.parseLong(request.condition()));
        };
    options = request.name().equals(Request.NONE) ? options : options.named(request.name());
    return request.all() ? options.acknowledgedBy(WriteOptions.Ack.ALL) : options;
  }

  private static Reply found(Versioned read) {
    return read.isPresent()
        ? new Reply(
            Reply.Kind.FOUND, read.version(), read.value().map(Json::toString).orElseThrow())
        : new Reply(Reply.Kind.ABSENT, 0, "");
  }

  private static Reply refusal(@Nullable Throwable error) {
    Throwable cause =
        error instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : error;
    if (cause instanceof RingException.Conflict conflict) {
      return new Reply(Reply.Kind.CONFLICT, conflict.currentVersion().orElse(0), "");
    }
    if (cause instanceof RingException.OutcomeUnknown || cause instanceof RingException.Closed) {
      return new Reply(Reply.Kind.UNKNOWN, 0, cause.toString());
    }
    boolean ordinary =
        cause instanceof RingException && !(cause instanceof RingException.HandlerFailed);
    return new Reply(ordinary ? Reply.Kind.REFUSED : Reply.Kind.BROKEN, 0, String.valueOf(cause));
  }

  private static synchronized void say(String line) {
    System.out.println(line);
  }
}
