package org.ringoverlay.transport.netty;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.ringoverlay.spi.ConnectionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the connections that a listener accepts, or refuses them. */
final class Acceptor extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  private static final long PAUSE_MILLIS = 500;

  private final NettyTransport transport;
  private final Supplier<ConnectionHandler> handlers;

  Acceptor(NettyTransport transport, Supplier<ConnectionHandler> handlers) {
    this.transport = transport;
    this.handlers = handlers;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    var stream = (Sockets.Stream) message;
    try {
      transport.accepted(stream, handlers);
    } catch (Throwable thrown) {
      LOG.error("A connection could not be taken", thrown);
      stream.unsafe().closeForcibly();
    }
  }

  /** Mostly this means that the process may open no more files: trying on at once would spin. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.warn("Accepting connections pauses for {} ms: {}", PAUSE_MILLIS, cause.toString());
    ChannelConfig config = context.channel().config();
    config.setAutoRead(false);
    var unused =
        context
            .executor()
            .schedule(() -> config.setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }
}
