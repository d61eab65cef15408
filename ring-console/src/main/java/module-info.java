/** The runnable node: the HTTP gateway, the web page and the ring command. */
module org.ringoverlay.console {
  requires org.ringoverlay.core;
  requires org.ringoverlay.dht;
  requires org.ringoverlay.pubsub;
  requires org.ringoverlay.store;
  requires org.ringoverlay.transport.netty;
  requires static org.jspecify;
}
