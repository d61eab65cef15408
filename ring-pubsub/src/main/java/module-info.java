/** Topics: publish to all subscribers, or hand a job to one that is willing. */
module org.ringoverlay.pubsub {
  requires transitive org.ringoverlay.core;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports org.ringoverlay.pubsub;

  // The requests become JSON by reflection; nobody else need see them.
  opens org.ringoverlay.pubsub;

  provides org.ringoverlay.RingExtension with
      org.ringoverlay.pubsub.TopicsExtension;
}
