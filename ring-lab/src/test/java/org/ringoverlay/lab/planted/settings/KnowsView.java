package org.ringoverlay.lab.planted.settings;

import org.ringoverlay.lab.planted.view.KnowsSettings;

/** The other half. */
public final class KnowsView {
  private KnowsView() {}

  static Class<?> other() {
    return KnowsSettings.class;
  }
}
