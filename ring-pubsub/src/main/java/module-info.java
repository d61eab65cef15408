/** Topics: publish to all subscribers, or hand a job to one that is willing. */
module org.ringoverlay.pubsub {
  requires transitive org.ringoverlay.core;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports org.ringoverlay.pubsub;

  // The core reads and writes the requests, which are records that nobody else need see.
  opens org.ringoverlay.pubsub to
      org.ringoverlay.core;

  provides org.ringoverlay.RingExtension with
      org.ringoverlay.pubsub.TopicsExtension;
}
