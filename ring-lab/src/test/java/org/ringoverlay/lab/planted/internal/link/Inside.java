package org.ringoverlay.lab.planted.internal.link;

/** Of the core's internals. */
public final class Inside {
  private Inside() {}
}
