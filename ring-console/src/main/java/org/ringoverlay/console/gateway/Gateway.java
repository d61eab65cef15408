package org.ringoverlay.console.gateway;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a node over HTTP.
 *
 * <p>Bound before the node starts, so that the node can tell the others where its gateway is; until
 * {@link #serve} everything but {@code /health/live} is {@code unavailable}. One thread of its own,
 * named {@code ring-http}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for a loop that was never used
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("org.ringoverlay.gateway");
  private static final int LINE_BYTES_MAX = 8 * 1024;
  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int CHUNK_BYTES_MAX = 64 * 1024;

  private final EventLoopGroup loop;
  private final ChannelGroup channels;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final LongAdder refused = new LongAdder();
  private final LongAdder troubles = new LongAdder();
  private final StreamBudget budget;
  private final Routes routes;
  private final Guard guard;
  private final String address;
  private final long bodyBytesMax;
  private final long bodyNanos;
  private final long idleNanos;
  private final long writeNanos;
  private final long heartbeatNanos;
  private final int connectionsMax;
  private final int streamsMax;
  private volatile @Nullable Backend backend;
  private volatile boolean closing;

  private Gateway(String host, int port, Settings settings) {
    this.bodyBytesMax = settings.get(GatewaySettings.BODY_BYTES_MAX);
    this.bodyNanos = settings.get(GatewaySettings.BODY_TIMEOUT);
    this.idleNanos = settings.get(GatewaySettings.IDLE_TIMEOUT);
    this.writeNanos = settings.get(GatewaySettings.WRITE_TIMEOUT);
    this.heartbeatNanos = settings.get(GatewaySettings.HEARTBEAT);
    this.connectionsMax = settings.get(GatewaySettings.CONNECTIONS_MAX);
    this.streamsMax = settings.get(GatewaySettings.STREAMS_MAX);
    this.budget = new StreamBudget(settings.get(GatewaySettings.STREAMS_BYTES_MAX));
    this.routes =
        new Routes(
            new Records(this::node),
            new Watches(this::node, settings, budget),
            new Messages(this::node, settings, budget),
            new Views(this::node),
            new Operations(this::node),
            new RingWide(this::node));
    InetAddress where = loopback(host);
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("ring-http", true), NioIoHandler.newFactory());
    this.channels = new DefaultChannelGroup(loop.next());
    boolean bound = false;
    try {
      Channel server = bind(new InetSocketAddress(where, port));
      channels.add(server);
      int actual = ((InetSocketAddress) server.localAddress()).getPort();
      this.guard = new Guard(actual);
      this.address = (host.contains(":") ? "[" + host + "]" : host) + ":" + actual;
      server.config().setAutoRead(true);
      bound = true;
    } finally {
      if (!bound) {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      }
    }
  }

  /**
   * Binds a gateway. Blocks for a moment.
   *
   * @param hostAndPort such as {@code 127.0.0.1:8400}; port 0 means any free one
   * @throws RingException.InvalidInput if the address is malformed, not loopback, not ours or in
   *     use
   */
  public static Gateway bind(String hostAndPort, Settings settings) {
    int colon = hostAndPort.lastIndexOf(':');
    String host = colon < 0 ? "" : hostAndPort.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = -1;
    if (colon >= 0) {
      try {
        port = Integer.parseInt(hostAndPort.substring(colon + 1));
      } catch (NumberFormatException notANumber) {
        port = -1;
      }
    }
    if (host.isEmpty() || port < 0 || port > 65_535) {
      throw new RingException.InvalidInput(
          "The gateway's address is HOST:PORT or off, not '"
              + Printable.text(hostAndPort, 100)
              + "'.");
    }
    return new Gateway(host, port, settings);
  }

  private static InetAddress loopback(String host) {
    InetAddress where;
    try {
      where = InetAddress.getByName(host);
    } catch (UnknownHostException unknown) {
      throw new RingException.InvalidInput(
          "The gateway's host '" + Printable.text(host, 100) + "' has no address.");
    }
    if (!where.isLoopbackAddress()) {
      throw new RingException.InvalidInput(
          "The gateway cannot listen on "
              + Printable.text(host, 100)
              + ": beyond loopback it demands TLS and a token, which come with a later version. Use"
              + " 127.0.0.1.");
    }
    return where;
  }

  private Channel bind(InetSocketAddress where) {
    var bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1_024)
            // Accepting waits until the guard knows the port.
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(64 * 1024, 256 * 1024))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channels.add(channel);
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(
                                new HttpDecoderConfig()
                                    .setMaxInitialLineLength(LINE_BYTES_MAX)
                                    .setMaxHeaderSize(HEADER_BYTES_MAX)
                                    .setMaxChunkSize(CHUNK_BYTES_MAX)))
                        .addLast(new HttpConnection(Gateway.this));
                  }
                });
    var bound = bootstrap.bind(where).awaitUninterruptibly();
    if (bound.isSuccess()) {
      return bound.channel();
    }
    Throwable cause = bound.cause();
    String why =
        cause instanceof BindException || cause instanceof IOException
            ? "it is in use or not ours"
            : cause.getClass().getSimpleName();
    throw new RingException.InvalidInput(
        "The gateway cannot listen on "
            + where.getHostString()
            + ":"
            + where.getPort()
            + ": "
            + why
            + ". Choose another with --http, port 0 for any free one, or --http off.");
  }

  /** Where it listens, {@code host:port}. */
  public String address() {
    return address;
  }

  /** From now on requests are answered by this node. Any thread. */
  public void serve(Backend node) {
    this.backend = node;
  }

  private Backend node() {
    Backend node = backend;
    if (node == null) {
      throw new RingException.Unavailable("The node has not joined yet.");
    }
    return node;
  }

  Routes routes() {
    return routes;
  }

  Guard guard() {
    return guard;
  }

  long bodyBytesMax() {
    return bodyBytesMax;
  }

  long bodyNanos() {
    return bodyNanos;
  }

  long idleNanos() {
    return idleNanos;
  }

  long writeNanos() {
    return writeNanos;
  }

  long heartbeatNanos() {
    return heartbeatNanos;
  }

  boolean isClosing() {
    return closing;
  }

  boolean admitConnection() {
    return connections.incrementAndGet() <= connectionsMax;
  }

  void connectionClosed() {
    connections.decrementAndGet();
  }

  void refusedConnection() {
    refused.increment();
  }

  boolean admitStream() {
    if (streams.incrementAndGet() > streamsMax) {
      streams.decrementAndGet();
      refused.increment();
      return false;
    }
    return true;
  }

  void streamClosed() {
    streams.decrementAndGet();
  }

  /** A connection broke; the usual ways of the net are not worth a line. */
  void troubled(Throwable cause) {
    troubles.increment();
    if (!(cause instanceof IOException)) {
      LOG.warn("a connection of the gateway was closed by an error", cause);
    }
  }

  /** How many event streams stand now. */
  public int streams() {
    return streams.get();
  }

  /** How many bytes of events wait for the readers of all streams. */
  long streamBytes() {
    return budget.taken();
  }

  /** How many connections stand now. */
  public int connections() {
    return connections.get();
  }

  /** How many connections and streams were refused. */
  public long refused() {
    return refused.sum();
  }

  /** Closes every connection and lets the thread go. Blocks for at most a few seconds. */
  @Override
  public void close() {
    closing = true;
    for (Channel channel : channels) {
      channel.pipeline().fireUserEventTriggered(HttpConnection.CLOSING);
    }
    channels.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
