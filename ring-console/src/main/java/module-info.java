/** The runnable node: the HTTP gateway, the web page and the ring command. */
module org.ringoverlay.console {
  requires ch.qos.logback.classic;
  requires ch.qos.logback.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires info.picocli;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires org.ringoverlay.core;
  requires org.ringoverlay.dht;
  requires org.ringoverlay.pubsub;
  requires org.ringoverlay.store;
  requires org.ringoverlay.transport.netty;
  requires org.slf4j;
  requires static transitive org.jspecify;

  provides ch.qos.logback.classic.spi.Configurator with
      org.ringoverlay.console.log.ConsoleLogging;
}
