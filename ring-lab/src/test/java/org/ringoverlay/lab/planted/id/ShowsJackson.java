package org.ringoverlay.lab.planted.id;

import com.fasterxml.jackson.databind.ObjectMapper;

/** Keeps one to itself and shows it all the same. */
public class ShowsJackson {
  private final ObjectMapper mine = new ObjectMapper();

  /** The offence. */
  protected ObjectMapper mapper() {
    return mine;
  }
}
