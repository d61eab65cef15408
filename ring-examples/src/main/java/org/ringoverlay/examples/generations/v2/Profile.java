package org.ringoverlay.examples.generations.v2;

import java.util.List;

/** A person, as the second release knows one. */
public record Profile(String name, String email, String phone, Preferences preferences) {
  /** What the person prefers. */
  public record Preferences(String language, Notifications notifications) {}

  /** What the person wants to be told of, and how. */
  public record Notifications(boolean urgentOnly, List<String> channels) {
    /** Copies the list. */
    public Notifications {
      channels = List.copyOf(channels);
    }
  }
}
