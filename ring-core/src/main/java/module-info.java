/**
 * The ring's core: IDs, envelopes, the node, membership and routing, services, errors, the SPIs.
 */
module org.ringoverlay.core {
  requires org.slf4j;
  requires com.fasterxml.jackson.databind;
  requires static transitive org.jspecify;

  exports org.ringoverlay;
  exports org.ringoverlay.error;
  exports org.ringoverlay.id;
  exports org.ringoverlay.json;
  exports org.ringoverlay.settings;
  exports org.ringoverlay.spi;
  exports org.ringoverlay.view;

  // Jackson reads and writes records that this module does not export.
  opens org.ringoverlay to
      com.fasterxml.jackson.databind;
  opens org.ringoverlay.error to
      com.fasterxml.jackson.databind;
  opens org.ringoverlay.internal.wire to
      com.fasterxml.jackson.databind;
  opens org.ringoverlay.json to
      com.fasterxml.jackson.databind;

  uses org.ringoverlay.RingExtension;
  uses org.ringoverlay.spi.StoreProvider;
  uses org.ringoverlay.spi.TransportProvider;
}
