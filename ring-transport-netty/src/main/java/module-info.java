/** The TCP and TLS transport over Netty. */
module org.ringoverlay.transport.netty {
  requires transitive org.ringoverlay.core;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires static transitive org.jspecify;
}
