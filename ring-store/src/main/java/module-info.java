/** What touches files: the data directory, its lock, the identity of a node, the durable store. */
module org.ringoverlay.store {
  requires transitive org.ringoverlay.core;
  requires static transitive org.jspecify;
}
