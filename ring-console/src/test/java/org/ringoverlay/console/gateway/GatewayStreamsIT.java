package org.ringoverlay.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;

/** Event streams and readers that are too slow for them. */
@Timeout(60)
class GatewayStreamsIT extends ServedGateway {

  @Test
  void aStreamBeginsWithReadyAndThenHasTheMessages() throws IOException {
    node.version = 41;
    try (var stream = new Stream("/v1/topics/news")) {
      assertThat(stream.event()).containsExactly("event: ready", "id: 41", "data: {}");
      Response published = ask("POST", "/v1/topics/news", "{\"a\":\n 1}");
      assertThat(published.body()).isEqualTo("{\"seq\":42,\"reached\":1}");
      assertThat(stream.event()).containsExactly("id: 42", "data: {\"a\":  1}");
      assertThat(ask("POST", "/v1/topics/news?level=delivered", "2").body())
          .isEqualTo("{\"seq\":43,\"reached\":1,\"missing\":0}");
      assertThat(stream.event()).containsExactly("id: 43", "data: 2");
      node.listeners.get(0).gap(50, 60);
      assertThat(stream.event()).containsExactly("event: gap", "data: {\"from\":50,\"to\":60}");
    }
    Awaitility.await().until(() -> node.listeners.isEmpty() && gateway.streams() == 0);
    assertThat(ask("POST", "/v1/topics/news?level=loud", "1").status()).isEqualTo(400);
    assertThat(ask("GET", "/v1/topics/news", null, "Last-Event-ID: 41").code())
        .isEqualTo("not-built");
    assertThat(ask("HEAD", "/v1/topics/news", null).status()).isEqualTo(200);
    assertThat(node.listeners).isEmpty();
  }

  @Test
  void aWatchTellsVersionsAsStringsAndResumes() throws IOException {
    node.version = 41;
    try (var stream = new Stream("/v1/watch/a%2A?ns=other")) {
      assertThat(stream.event()).containsExactly("event: ready", "id: 41", "data: {}");
      assertThat(node.lastWatched).isEqualTo("other|a*");
      Backend.Watcher watcher = node.watchers.get(0);
      String deep = "[".repeat(31) + "\n1" + "]".repeat(31);
      watcher.changed(new Backend.Changed("a*", 42, Json.parse(deep)));
      assertThat(stream.event())
          .containsExactly(
              "id: 42",
              "data: {\"key\":\"a*\",\"version\":\"42\",\"value\":"
                  + deep.replace('\n', ' ')
                  + "}");
      watcher.changed(new Backend.Changed("a*", 43, null));
      assertThat(stream.event())
          .containsExactly("id: 43", "data: {\"key\":\"a*\",\"version\":\"43\",\"deleted\":true}");
      watcher.gap(44, 60);
      assertThat(stream.event())
          .containsExactly("event: gap", "data: {\"from\":\"44\",\"to\":\"60\"}");
    }
    Awaitility.await().until(() -> node.watchers.isEmpty() && gateway.streams() == 0);
    try (var stream = new Stream("/v1/watch/a", "Last-Event-ID: 17")) {
      assertThat(stream.event()).containsExactly("event: ready", "id: 17", "data: {}");
    }
    assertThat(ask("GET", "/v1/watch/a", null, "Last-Event-ID: x").code())
        .isEqualTo("invalid-input");
    assertThat(ask("HEAD", "/v1/watch/a", null).status()).isEqualTo(200);
  }

  @Test
  void aWatcherThatIsTooSlowIsToldWhatItMissedAndThenTheLastValue() throws IOException {
    restart(Map.of("ring.http.stream.bytes.max", "64KiB"));
    try (var stream = new Stream("/v1/watch/a")) {
      stream.event();
      Json large = Json.of("x".repeat(8_000));
      // More than the buffers of both ends of the socket can hold.
      for (int version = 1; version <= 3_000; version++) {
        node.watchers.get(0).changed(new Backend.Changed("a", version, large));
      }
      long next = 1;
      boolean gap = false;
      while (next <= 3_000) {
        List<String> event = stream.event();
        if (event.get(0).equals("event: gap")) {
          Json data = Json.parse(event.get(1).substring("data: ".length()));
          assertThat(data.at("/from")).contains(Json.of(Long.toString(next)));
          next = Long.parseLong(data.at("/to").orElseThrow().as(String.class)) + 1;
          assertThat(next).isLessThanOrEqualTo(3_000);
          gap = true;
        } else {
          assertThat(event.get(0)).isEqualTo("id: " + next);
          next++;
        }
      }
      assertThat(gap).isTrue();
    }
  }

  @Test
  void aWatchOfAPrefixHasIdsThatItCanBeResumedFrom() throws IOException {
    try (var stream = new Stream("/v1/watch/a%2A%2F*?ns=other")) {
      assertThat(stream.event()).containsExactly("event: ready", "id: now", "data: {}");
      assertThat(node.lastWatched).isEqualTo("other|a*/");
      Backend.PrefixWatcher watcher = node.prefixWatchers.get(0);
      watcher.changed(new Backend.Changed("a*/1", 42, Json.parse("[\n1]")), "x-_9");
      assertThat(stream.event())
          .containsExactly(
              "id: x-_9", "data: {\"key\":\"a*/1\",\"version\":\"42\",\"value\":[ 1]}");
      watcher.gap("none");
      assertThat(stream.event()).containsExactly("event: gap", "id: none", "data: {}");
      watcher.changed(new Backend.Changed("a*/2", 43, null), "y");
      assertThat(stream.event())
          .containsExactly("id: y", "data: {\"key\":\"a*/2\",\"version\":\"43\",\"deleted\":true}");
    }
    Awaitility.await().until(() -> node.prefixWatchers.isEmpty() && gateway.streams() == 0);
    try (var stream = new Stream("/v1/watch/*", "Last-Event-ID: x-_9")) {
      assertThat(stream.event()).containsExactly("event: ready", "id: after x-_9", "data: {}");
      assertThat(node.lastWatched).isEqualTo("default|");
    }
    try (var stream = new Stream("/v1/watch/a*", "Last-Event-ID: 0")) {
      assertThat(stream.event()).containsExactly("event: ready", "id: after ", "data: {}");
    }
    assertThat(ask("GET", "/v1/watch/a*", null, "Last-Event-ID: ").code())
        .isEqualTo("invalid-input");
    assertThat(ask("HEAD", "/v1/watch/a*", null).status()).isEqualTo(200);
    node.failure = new RingException.Refused("enough");
    assertThat(ask("GET", "/v1/watch/a*", null).status()).isEqualTo(429);
  }

  @Test
  void aWatcherOfAPrefixThatIsTooSlowIsWaitedFor() throws IOException {
    restart(Map.of("ring.http.stream.bytes.max", "64KiB"));
    try (var stream = new Stream("/v1/watch/a*")) {
      stream.event();
      Json large = Json.of("x".repeat(8_000));
      Backend.PrefixWatcher watcher = node.prefixWatchers.get(0);
      // More than the buffers of both ends of the socket can hold.
      int told = 0;
      CompletionStage<?> ready = CompletableFuture.completedFuture(null);
      while (told < 3_000 && ready.toCompletableFuture().isDone()) {
        told++;
        ready = watcher.changed(new Backend.Changed("a" + told, told, large), "id" + told);
      }
      assertThat(told).isBetween(8, 2_999);
      for (int next = 1; next <= told; next++) {
        assertThat(stream.event().get(0)).isEqualTo("id: id" + next);
      }
      Awaitility.await().until(ready.toCompletableFuture()::isDone);
    }
  }

  @Test
  void aQuietStreamGetsComments() throws IOException {
    restart(Map.of("ring.http.stream.heartbeat", "50ms"));
    try (var stream = new Stream("/v1/topics/news")) {
      stream.event();
      assertThat(stream.event()).containsExactly(":");
    }
  }

  @Test
  void aReaderThatIsTooSlowIsToldWhatItMissed() throws IOException {
    restart(Map.of("ring.http.stream.bytes.max", "64KiB"));
    try (var stream = new Stream("/v1/topics/news")) {
      stream.event();
      Json large = Json.of("x".repeat(8_000));
      // More than the buffers of both ends of the socket can hold.
      for (int i = 1; i <= 3_000; i++) {
        node.listeners.get(0).message(new Backend.Message(i, large));
      }
      long next = 1;
      boolean gap = false;
      while (next <= 3_000) {
        List<String> event = stream.event();
        if (event.get(0).equals("event: gap")) {
          gap = true;
          Json told = Json.parse(event.get(1).substring("data: ".length()));
          assertThat(told.at("/from").orElseThrow().as(long.class)).isEqualTo(next);
          next = told.at("/to").orElseThrow().as(long.class) + 1;
        } else {
          assertThat(event.get(0)).isEqualTo("id: " + next);
          next++;
        }
      }
      assertThat(gap).isTrue();
    }
  }

  @Test
  void manyReadersThatStandStillShareOneBound() throws IOException {
    restart(Map.of("ring.http.streams.bytes.max", "2MiB", "ring.http.stream.bytes.max", "1MiB"));
    var streams = new ArrayList<Stream>();
    try {
      for (int i = 0; i < 20; i++) {
        var stream = new Stream("/v1/topics/news");
        stream.event();
        streams.add(stream);
      }
      Json large = Json.of("x".repeat(100_000));
      for (int i = 1; i <= 200; i++) {
        for (Backend.Listener listener : node.listeners) {
          listener.message(new Backend.Message(i, large));
        }
        assertThat(gateway.streamBytes()).isLessThanOrEqualTo(2L * 1024 * 1024);
      }
      // Each reader that wakes up has lost something, and is told so.
      for (Stream stream : streams) {
        List<String> event = stream.event();
        while (!event.get(0).equals("event: gap")) {
          event = stream.event();
        }
      }
    } finally {
      for (Stream stream : streams) {
        stream.close();
      }
    }
    Awaitility.await().until(() -> gateway.streamBytes() == 0);
  }

  @Test
  void aStreamIsEndedAndNotBrokenOffWhenTheGatewayCloses() throws IOException {
    try (var wire = new Wire()) {
      wire.say(request("GET", "/v1/topics/news", null));
      for (String line = wire.line(); !line.equals("data: {}"); line = wire.line()) {
        assertThat(line).isNotEqualTo("0");
      }
      gateway.close();
      var rest = new ArrayList<String>();
      for (String line = wire.line(); !line.equals("0"); line = wire.line()) {
        rest.add(line);
      }
      // The blank line of the event, then the end of its chunk.
      assertThat(rest).containsOnly("");
      assertThat(wire.line()).isEmpty();
      assertThat(wire.isEnded()).isTrue();
    }
  }

  @Test
  void aReaderThatTakesNothingIsGivenUp() throws IOException {
    // All of it is kept, so that more waits than the buffers of both ends of the socket can hold.
    restart(Map.of("ring.http.write.timeout", "200ms", "ring.http.stream.bytes.max", "32MiB"));
    try (var stream = new Stream("/v1/topics/news")) {
      stream.event();
      Json large = Json.of("x".repeat(100_000));
      // It may be given up while it is still told of more.
      var listener = node.listeners.get(0);
      for (int i = 1; i <= 200; i++) {
        listener.message(new Backend.Message(i, large));
      }
      Awaitility.await().until(() -> node.listeners.isEmpty());
    }
  }

  @Test
  void aThousandIdleStreamsNeedNoThreadAndOneMoreThanAllowedIsRefused() throws Exception {
    restart(Map.of("ring.http.streams.max", "1000"));
    int threads = Thread.activeCount();
    var streams = new ArrayList<Stream>();
    try {
      for (int i = 0; i < 1_000; i++) {
        var stream = new Stream("/v1/topics/news");
        assertThat(stream.event().get(0)).isEqualTo("event: ready");
        streams.add(stream);
      }
      assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
      Response refused = ask("GET", "/v1/topics/news", null);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.code()).isEqualTo("refused");
      assertThat(node.listeners).hasSize(1_000);
      assertThat(ask("GET", "/v1/ring", null).status()).isEqualTo(200);
    } finally {
      for (Stream stream : streams) {
        stream.close();
      }
    }
    Awaitility.await().until(() -> node.listeners.isEmpty());
  }
}
