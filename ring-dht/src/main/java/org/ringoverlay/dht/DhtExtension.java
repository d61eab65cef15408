package org.ringoverlay.dht;

import java.util.List;
import org.ringoverlay.Ring;
import org.ringoverlay.RingExtension;
import org.ringoverlay.dht.internal.arc.DhtSettings;
import org.ringoverlay.dht.internal.arc.Keys;
import org.ringoverlay.dht.internal.arc.Records;
import org.ringoverlay.settings.Setting;

/** Makes every node of the JVM keep records; found by {@code ServiceLoader}. */
public final class DhtExtension implements RingExtension {
  /** For {@code ServiceLoader}. */
  public DhtExtension() {}

  @Override
  public String name() {
    return Records.SERVICE;
  }

  @Override
  public List<Setting<?>> settings() {
    return DhtSettings.ALL;
  }

  @Override
  public Attached attach(Ring ring) {
    var records = new Records(ring);
    var caller = new Caller(ring);
    var settings = new RingSettings(ring, records, caller);
    return new Attached(
        new Dht(ring, records, caller, Keys.DEFAULT_SPACE, settings), records.services());
  }
}
