/** Replicated, versioned JSON records and what is built on them. */
module org.ringoverlay.dht {
  requires transitive org.ringoverlay.core;
  requires static transitive org.jspecify;

  exports org.ringoverlay.dht;

  // The messages become JSON by reflection.
  opens org.ringoverlay.dht.internal.wire;

  provides org.ringoverlay.RingExtension with
      org.ringoverlay.dht.DhtExtension;
}
