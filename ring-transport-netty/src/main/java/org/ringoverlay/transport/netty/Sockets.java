package org.ringoverlay.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Netty's channels with plain numbers for names. Its own names hold the machine's hardware address
 * and process number, and finding those out delays the start of a node.
 */
final class Sockets {
  private static final AtomicLong NUMBERS = new AtomicLong();

  private Sockets() {}

  private record Serial(long number) implements ChannelId {
    static Serial next() {
      return new Serial(NUMBERS.incrementAndGet());
    }

    @Override
    public String asShortText() {
      return Long.toString(number);
    }

    @Override
    public String asLongText() {
      return asShortText();
    }

    @Override
    public int compareTo(ChannelId other) {
      return other instanceof Serial that
          ? Long.compare(number, that.number)
          : asLongText().compareTo(other.asLongText());
    }
  }

  /** A connection. */
  static final class Stream extends NioSocketChannel {
    Stream() {}

    private Stream(Channel parent, SocketChannel accepted) {
      super(parent, accepted);
    }

    @Override
    protected ChannelId newId() {
      return Serial.next();
    }
  }

  /** A listener; hands {@link Stream}s to its pipeline. */
  static final class Listener extends NioServerSocketChannel {
    @Override
    protected ChannelId newId() {
      return Serial.next();
    }

    @Override
    protected int doReadMessages(List<Object> accepted) throws IOException {
      SocketChannel channel = javaChannel().accept();
      if (channel == null) {
        return 0;
      }
      try {
        accepted.add(new Stream(this, channel));
        return 1;
      } catch (RuntimeException | Error failed) {
        channel.close();
        throw failed;
      }
    }
  }
}
