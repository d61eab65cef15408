package org.ringoverlay.lab;

import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The least that an echo of JSON over Netty costs: one connection, a client's loop and a server's,
 * the payload parsed and written on both sides with databind, one flush a loop turn, nothing else.
 */
final class EchoLoad implements Meter.Load, AutoCloseable {
  private static final int FRAME_BYTES_MAX = 1 << 20;
  private static final ObjectReader READER = JsonMapper.builder().build().readerFor(Payload.class);
  private static final ObjectWriter WRITER = JsonMapper.builder().build().writerFor(Payload.class);

  private final int outstanding;
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final Channel server;
  private final Channel client;
  private volatile @Nullable Running running;

  EchoLoad(int outstanding) throws InterruptedException {
    this.outstanding = outstanding;
    this.server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(framing(), new Server());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    this.client =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(framing(), new Client());
                  }
                })
            .connect((InetSocketAddress) server.localAddress())
            .sync()
            .channel();
  }

  private static LengthFieldBasedFrameDecoder framing() {
    return new LengthFieldBasedFrameDecoder(FRAME_BYTES_MAX, 0, 4, 0, 4);
  }

  private static Payload read(ByteBuf frame) {
    try (InputStream in = new ByteBufInputStream(frame, true)) {
      return READER.readValue(in);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static void write(ChannelHandlerContext context, Payload payload) {
    try {
      byte[] json = WRITER.writeValueAsBytes(payload);
      ByteBuf frame = context.alloc().buffer(4 + json.length);
      frame.writeInt(json.length).writeBytes(json);
      var unused = context.write(frame, context.voidPromise());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  @Override
  public long run(long nanos) throws InterruptedException {
    var current = new Running(System.nanoTime() + nanos);
    running = current;
    client.pipeline().fireUserEventTriggered(current);
    current.done.await();
    return current.ended;
  }

  /** One run; its counters belong to the client's loop until it is done. */
  private static final class Running {
    final CountDownLatch done = new CountDownLatch(1);
    final long endAt;
    long asked;
    long ended;
    int open;

    Running(long endAt) {
      this.endAt = endAt;
    }
  }

  private static final class Server extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      write(context, read((ByteBuf) frame));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }
  }

  private final class Client extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      context
          .executor()
          .execute(
              () -> {
                var current = (Running) event;
                for (int i = 0; i < outstanding; i++) {
                  ask(context, current);
                }
                context.flush();
              });
    }

    private void ask(ChannelHandlerContext context, Running current) {
      current.open++;
      write(context, Payload.sample(++current.asked));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      read((ByteBuf) frame);
      Running current = running;
      if (current == null) {
        return;
      }
      current.open--;
      current.ended++;
      if (System.nanoTime() < current.endAt) {
        ask(context, current);
      } else if (current.open == 0) {
        current.done.countDown();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }
  }

  @Override
  public void close() {
    client.close().syncUninterruptibly();
    server.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
  }
}
