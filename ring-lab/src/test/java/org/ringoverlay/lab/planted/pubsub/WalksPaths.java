package org.ringoverlay.lab.planted.pubsub;

import java.nio.file.Path;

/** Touches the machine's files by their newer names. */
public final class WalksPaths {
  private WalksPaths() {}

  static Path path() {
    return Path.of("x");
  }
}
