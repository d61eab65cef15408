package org.ringoverlay.lab.planted.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;

/** A library that the core keeps to itself. */
public final class KnowsJackson {
  private KnowsJackson() {}

  static Object mapper() {
    return new ObjectMapper();
  }
}
