package org.ringoverlay.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.ConnectionHandler;
import org.ringoverlay.spi.OutboundFrame;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Transport;

/**
 * A process that speaks the ring's protocol by hand, and says in it whatever a test wants. It
 * greets as a member does; all else is the test's.
 */
final class Stranger {
  static final byte REQUEST = 2;
  static final byte REPLY = 3;
  private static final int HEADER_BYTES = 77;

  final Id id;
  final String address;

  /** The messages to neighbours that it got, as JSON. */
  final List<String> heard = new ArrayList<>();

  /** Why its connections ended. */
  final List<String> ends = new ArrayList<>();

  /** How often it was greeted. */
  int greetings;

  /** Of which versions of the protocol it says that it is. */
  int protocolMin = 1;

  int protocolMax = 1;

  /** How many greetings it answers with something else than a welcome. */
  int greetingsUnanswered;

  /** What it says now and then after it has joined, to show that it is there. */
  byte[] sign = link("{\"type\":\"beat\",\"digest\":0}");

  /** What it does with a message that travels to an ID. */
  BiConsumer<Connection, byte[]> travelling = (from, frame) -> {};

  private final List<Connection> connections = new ArrayList<>();
  private final Transport transport;
  private final long incarnation;

  private Stranger(Host host, Id id, long incarnation) {
    this.id = id;
    this.incarnation = incarnation;
    this.address = host.name() + ":" + SimRing.PORT;
    var provider = host.transport();
    this.transport =
        provider.create(Settings.defaults(provider.settings()), 1 << 23, RingObserver.NONE);
  }

  /** One that runs on a host of its own, and can be dialled there. */
  static Stranger on(Simulation simulation, String host, Id id, long incarnation) {
    var stranger = new Stranger(simulation.host(host), id, incarnation);
    stranger.transport.listen(stranger.address, () -> stranger.new Talk(false));
    return stranger;
  }

  static Stranger on(Simulation simulation, String host) {
    return on(simulation, host, Id.of(host), 1);
  }

  Stranger greets(Simulation simulation, String other) {
    transport.scheduler().execute(() -> transport.connect(other, new Talk(true)));
    simulation.run(Duration.ofMillis(100));
    return this;
  }

  String card() {
    return card(id, incarnation, address);
  }

  String hello() {
    return "{\"type\":\"hello\",\"protocolMin\":"
        + protocolMin
        + ",\"protocolMax\":"
        + protocolMax
        + ",\"ring\":\"ring\",\"ringIdentity\":\"\",\"card\":"
        + card()
        + "}";
  }

  static String card(Id id, long incarnation, String address) {
    return "{\"id\":\""
        + id
        + "\",\"incarnation\":"
        + incarnation
        + ",\"address\":\""
        + address
        + "\"}";
  }

  static String fact(String card, long version, String state) {
    return "{\"card\":" + card + ",\"version\":" + version + ",\"state\":\"" + state + "\"}";
  }

  static String news(String facts) {
    return "{\"type\":\"news\",\"entries\":[" + facts + "]}";
  }

  /** Says that it is a member like any other, and goes on to show that it is there. */
  void joins() {
    says(news(fact(card(), 2, "ALIVE")));
    showsItself();
  }

  private void showsItself() {
    connections.forEach(each -> sends(each, sign));
    transport.scheduler().schedule(100_000_000, this::showsItself);
  }

  /** Says something to the first that it talks to. */
  Connection.Sent says(String json) {
    return sends(link(json));
  }

  Connection.Sent sends(byte[] bytes) {
    return sends(connections.get(0), bytes);
  }

  static Connection.Sent sends(Connection to, byte[] bytes) {
    return to.send(
        new OutboundFrame() {
          @Override
          public int sizeBytes() {
            return bytes.length;
          }

          @Override
          public void writeTo(ByteBuffer target) {
            target.put(bytes);
          }
        });
  }

  static byte[] link(String json) {
    byte[] text = json.getBytes(UTF_8);
    return ByteBuffer.allocate(2 + text.length).put((byte) 1).put((byte) 1).put(text).array();
  }

  /** A message that travels; a reply speaks for the first attempt. */
  static byte[] travels(
      byte kind,
      int hops,
      int hopsMax,
      Id target,
      Id origin,
      long run,
      long sequence,
      String json) {
    byte[] name = "echo".getBytes(UTF_8);
    byte[] payload = json.getBytes(UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + name.length + payload.length);
    frame.put((byte) 1).put(kind).putShort((short) 1);
    frame.put((byte) hops).put((byte) hopsMax).put((byte) 0).put((byte) 1);
    target.write(frame);
    origin.write(frame);
    frame.putLong(run).putLong(sequence).putLong(1).putInt(1_000_000);
    return frame.put((byte) name.length).put(name).put(payload).array();
  }

  /** How many messages of a type it got. */
  long count(String type) {
    return heard.stream().filter(json -> json.startsWith("{\"type\":\"" + type + "\"")).count();
  }

  private final class Talk implements ConnectionHandler {
    private final boolean dialled;

    Talk(boolean dialled) {
      this.dialled = dialled;
    }

    @Override
    public void opened(Connection connection) {
      connections.add(connection);
      if (dialled) {
        sends(connection, link(hello()));
      }
    }

    @Override
    public void received(Connection connection, byte[] frame) {
      if (frame[1] != 1) {
        travelling.accept(connection, frame);
        return;
      }
      Json message = Json.parse(frame, 2, frame.length - 2);
      String text = message.toString();
      heard.add(text);
      if (text.startsWith("{\"type\":\"hello\"")) {
        greetings++;
        if (greetings <= greetingsUnanswered) {
          sends(connection, sign);
          return;
        }
        sends(
            connection,
            link(
                "{\"type\":\"welcome\",\"protocol\":1,\"ring\":\"ring\",\"ringIdentity\":\"\","
                    + "\"card\":"
                    + card()
                    + "}"));
      }
    }

    @Override
    public void closed(String reason) {
      ends.add(reason);
    }
  }
}
