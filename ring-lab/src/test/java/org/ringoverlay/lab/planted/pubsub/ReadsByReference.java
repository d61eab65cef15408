package org.ringoverlay.lab.planted.pubsub;

import java.util.function.LongSupplier;

/** Asks the machine for the time without a call that can be seen. */
public final class ReadsByReference {
  private ReadsByReference() {}

  static LongSupplier clock() {
    return System::nanoTime;
  }
}
