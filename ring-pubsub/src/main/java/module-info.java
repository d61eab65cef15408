/** Topics, their trees, publish and anycast. */
module org.ringoverlay.pubsub {
  requires transitive org.ringoverlay.core;
  requires static transitive org.jspecify;
}
