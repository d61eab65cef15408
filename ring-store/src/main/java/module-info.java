/** What touches files: the data directory, its lock, the identity of a node, the durable store. */
module org.ringoverlay.store {
  requires transitive org.ringoverlay.core;
  requires static transitive org.jspecify;
  requires rocksdbjni;

  exports org.ringoverlay.store;

  provides org.ringoverlay.spi.StoreProvider with
      org.ringoverlay.store.FileStoreProvider;
}
