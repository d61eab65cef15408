package org.ringoverlay.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.ConnectionHandler;
import org.ringoverlay.spi.OutboundFrame;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Transport;

/** The smallest process that a transport can carry: it writes down what it hears. */
final class Peer implements ConnectionHandler {
  static final int FRAME_BYTES_MAX = 1 << 20;

  final Transport transport;
  final List<String> heard = new ArrayList<>();
  final List<Connection> connections = new ArrayList<>();

  private Peer(Transport transport) {
    this.transport = transport;
  }

  static Peer on(Host host) {
    var provider = host.transport();
    Settings settings = Settings.defaults(provider.settings());
    return new Peer(provider.create(settings, FRAME_BYTES_MAX, RingObserver.NONE));
  }

  Peer listening(int port) {
    transport.listen("localhost:" + port, () -> this);
    return this;
  }

  void connect(String address) {
    transport.scheduler().execute(() -> transport.connect(address, this));
  }

  Connection.Sent send(int number) {
    return connections.get(0).send(frame(Integer.BYTES, number));
  }

  static OutboundFrame frame(int sizeBytes, int number) {
    return new OutboundFrame() {
      @Override
      public int sizeBytes() {
        return sizeBytes;
      }

      @Override
      public void writeTo(ByteBuffer target) {
        target.putInt(number);
        target.put(new byte[sizeBytes - Integer.BYTES]);
      }
    };
  }

  @Override
  public void opened(Connection connection) {
    connections.add(connection);
    heard.add("opened");
  }

  @Override
  public void received(Connection connection, byte[] frame) {
    heard.add(String.valueOf(ByteBuffer.wrap(frame).getInt()));
  }

  @Override
  public void closed(String reason) {
    heard.add("closed: " + reason);
  }

  /** The numbers heard so far. */
  List<Integer> numbers() {
    return heard.stream().filter(word -> word.matches("\\d+")).map(Integer::valueOf).toList();
  }
}
