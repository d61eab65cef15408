/** A simulated ring with virtual time and faults, for tests. */
module org.ringoverlay.testkit {
  requires transitive org.ringoverlay.core;
  requires transitive org.junit.jupiter.api;
  requires static transitive org.jspecify;

  exports org.ringoverlay.testkit;
  exports org.ringoverlay.testkit.explore;
  exports org.ringoverlay.testkit.history;
  exports org.ringoverlay.testkit.junit;
  exports org.ringoverlay.testkit.lookup;
  exports org.ringoverlay.testkit.schedule;
  exports org.ringoverlay.testkit.stats;
}
