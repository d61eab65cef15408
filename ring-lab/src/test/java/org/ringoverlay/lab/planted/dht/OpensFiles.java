package org.ringoverlay.lab.planted.dht;

import java.io.File;

/** Touches the machine's files. */
public final class OpensFiles {
  private OpensFiles() {}

  static boolean there() {
    return new File("x").exists();
  }
}
