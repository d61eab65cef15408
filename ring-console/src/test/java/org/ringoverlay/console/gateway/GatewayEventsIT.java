package org.ringoverlay.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;

/** The stream of what happens to the ring. */
@Timeout(60)
class GatewayEventsIT extends ServedGateway {
  private void suspected(String name, String cause) {
    node.events.memberChanged(
        FakeBackend.NODE,
        new MemberEvent(
            new Member(Id.of(name), 1, "127.0.0.1:1", "", Map.of(), List.of(), MemberState.SUSPECT),
            MemberState.ALIVE,
            cause));
  }

  private static Json data(List<String> event) {
    return Json.parse(event.get(event.size() - 1).substring("data: ".length()));
  }

  private Stream after(String header) throws IOException {
    return new Stream("/v1/events", "Last-Event-ID: " + header);
  }

  @Test
  void aStreamBeginsWithReadyAndThenTellsWhatHappensAndWhy() throws IOException {
    suspected("before", "not told");
    try (var stream = new Stream("/v1/events")) {
      assertThat(stream.event()).containsExactly("event: ready", "id: 7-1", "data: {}");
      suspected("a", "no answer for 812 ms");
      List<String> event = stream.event();
      assertThat(event).hasSize(2).first().isEqualTo("id: 7-2");
      assertThat(data(event).at("/kind")).contains(Json.of("suspected"));
      assertThat(data(event).at("/node")).contains(Json.of(Id.of("a").toString()));
      assertThat(data(event).at("/cause")).contains(Json.of("no answer for 812 ms"));
    }
    Awaitility.await().until(() -> gateway.streams() == 0 && node.events.log().readers() == 0);
  }

  @Test
  void aStreamResumesWhereItWasAndTheHeaderGoesBeforeTheQuery() throws IOException {
    suspected("a", "1");
    suspected("b", "2");
    try (var stream = after("7-1")) {
      assertThat(stream.event()).containsExactly("event: ready", "id: 7-1", "data: {}");
      assertThat(stream.event().get(0)).isEqualTo("id: 7-2");
    }
    try (var stream = new Stream("/v1/events?after=0")) {
      assertThat(stream.event()).contains("id: 7-0");
      assertThat(stream.event().get(0)).isEqualTo("id: 7-1");
      assertThat(stream.event().get(0)).isEqualTo("id: 7-2");
    }
    try (var stream = new Stream("/v1/events?after=0", "Last-Event-ID: 7-2")) {
      assertThat(stream.event()).contains("id: 7-2");
    }
  }

  @Test
  void whatIsNotThereAnyMoreIsAGap() throws IOException {
    for (int i = 1; i <= 70; i++) {
      suspected("a", "change " + i);
    }
    try (var stream = after("7-3")) {
      stream.event();
      assertThat(stream.event()).containsExactly("event: gap", "data: {\"from\":4,\"to\":6}");
      assertThat(stream.event().get(0)).isEqualTo("id: 7-7");
    }
    try (var stream = after("6-9")) {
      assertThat(stream.event()).contains("id: 7-0");
      assertThat(stream.event()).containsExactly("event: gap", "data: {}");
      assertThat(stream.event()).containsExactly("event: gap", "data: {\"from\":1,\"to\":6}");
      assertThat(stream.event().get(0)).isEqualTo("id: 7-7");
    }
  }

  @Test
  void aReaderThatStandsStillHoldsNoEventsAndIsToldWhatItMissed() throws IOException {
    try (var stream = new Stream("/v1/events")) {
      stream.event();
      // More than the buffers of both ends of the socket can hold.
      int events = 60_000;
      for (int i = 1; i <= events; i++) {
        suspected("a", "x".repeat(290));
      }
      assertThat(gateway.streamBytes()).isZero();
      long next = 1;
      boolean gap = false;
      while (next <= events) {
        List<String> event = stream.event();
        gap |= event.get(0).equals("event: gap");
        next = takeFrom(event, next);
      }
      assertThat(gap).isTrue();
    }
  }

  /** Takes an event or a gap, and says which number comes after it. */
  private static long takeFrom(List<String> event, long next) {
    if (event.get(0).equals("event: gap")) {
      assertThat(data(event).at("/from").orElseThrow().as(long.class)).isEqualTo(next);
      return data(event).at("/to").orElseThrow().as(long.class) + 1;
    }
    assertThat(event.get(0)).isEqualTo("id: 7-" + next);
    return next + 1;
  }

  @Test
  void aReaderThatWasGivenUpResumesWhereItWas() throws IOException {
    restart(Map.of("ring.http.write.timeout", "200ms"));
    int events = 60_000;
    long next = 1;
    try (var stream = new Stream("/v1/events")) {
      stream.event();
      // More than the buffers of both ends of the socket can hold.
      for (int i = 1; i <= events; i++) {
        suspected("a", "x".repeat(290));
      }
      Awaitility.await().until(() -> node.events.log().readers() == 0);
      // What came last may be cut off anywhere, so it does not count.
      long complete = next;
      for (List<String> event = last(stream); !event.isEmpty(); event = last(stream)) {
        next = complete;
        if (event.get(event.size() - 1).endsWith("}")) {
          complete = takeFrom(event, complete);
        }
      }
    }
    assertThat(next).isBetween(2L, (long) events);
    try (var stream = after("7-" + (next - 1))) {
      assertThat(stream.event()).contains("id: 7-" + (next - 1));
      while (next <= events) {
        next = takeFrom(stream.event(), next);
      }
    }
  }

  private static List<String> last(Stream stream) {
    try {
      return stream.event();
    } catch (IOException reset) {
      return List.of();
    }
  }

  @Test
  void manyReadersAreToldAllAlikeWhileAsManyStandStill() throws IOException {
    var reading = new ArrayList<Stream>();
    var still = new ArrayList<Stream>();
    int events = 2_000;
    try {
      for (int i = 0; i < 100; i++) {
        reading.add(new Stream("/v1/events"));
        still.add(new Stream("/v1/events"));
      }
      for (Stream stream : reading) {
        assertThat(stream.event()).contains("id: 7-0");
      }
      assertThat(node.events.log().readers()).isEqualTo(200);
      for (int i = 1; i <= events; i++) {
        suspected("a", "x".repeat(290));
      }
      assertThat(gateway.streamBytes()).isZero();
      for (Stream stream : reading) {
        long next = 1;
        while (next <= events) {
          next = takeFrom(stream.event(), next);
        }
        assertThat(next).isEqualTo(events + 1);
      }
    } finally {
      for (Stream stream : reading) {
        stream.close();
      }
      for (Stream stream : still) {
        stream.close();
      }
    }
    Awaitility.await().until(() -> node.events.log().readers() == 0);
  }

  @Test
  void streamsOfEventsCountAmongAllStreams() throws IOException {
    restart(Map.of("ring.http.streams.max", "2"));
    var streams = new ArrayList<Stream>();
    try {
      streams.add(new Stream("/v1/events"));
      streams.add(new Stream("/v1/topics/news"));
      assertThat(ask("GET", "/v1/events", null).code()).isEqualTo("refused");
    } finally {
      for (Stream stream : streams) {
        stream.close();
      }
    }
  }

  @Test
  void whatCannotBeReadIsSaid() throws IOException {
    assertThat(ask("GET", "/v1/events?after=x", null).code()).isEqualTo("invalid-input");
    assertThat(ask("GET", "/v1/events", null, "Last-Event-ID: 7-1").code())
        .isEqualTo("invalid-input");
    assertThat(ask("GET", "/v1/events?from=1", null).code()).isEqualTo("invalid-input");
    assertThat(ask("POST", "/v1/events", "1").status()).isEqualTo(405);
    assertThat(ask("HEAD", "/v1/events", null).header("Content-Type"))
        .isEqualTo("text/event-stream");
  }
}
