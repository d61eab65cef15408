/** The TCP transport over Netty. */
module org.ringoverlay.transport.netty {
  requires transitive org.ringoverlay.core;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.transport;
  requires org.slf4j;
  requires static org.jspecify;

  exports org.ringoverlay.transport.netty;

  provides org.ringoverlay.spi.TransportProvider with
      org.ringoverlay.transport.netty.NettyTransportProvider;
}
