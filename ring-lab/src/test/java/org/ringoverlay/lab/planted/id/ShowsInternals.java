package org.ringoverlay.lab.planted.id;

import org.ringoverlay.lab.planted.internal.link.Inside;

/** Shows a type that its user cannot name. */
public interface ShowsInternals {
  /** The offence. */
  void take(Inside[] inside);
}
