package org.ringoverlay.lab.planted.view;

import org.ringoverlay.lab.planted.settings.KnowsView;

/** One half of a cycle. */
public final class KnowsSettings {
  private KnowsSettings() {}

  static Class<?> other() {
    return KnowsView.class;
  }
}
