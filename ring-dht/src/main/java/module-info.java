/** Replicated, versioned JSON records and what is built on them. */
module org.ringoverlay.dht {
  requires transitive org.ringoverlay.core;
  requires static transitive org.jspecify;
}
