package org.ringoverlay.pubsub;

import java.util.List;
import org.ringoverlay.Ring;
import org.ringoverlay.RingExtension;
import org.ringoverlay.settings.Setting;

/** Adds {@link Topics} to every node whose class path holds ring-pubsub. */
public final class TopicsExtension implements RingExtension {
  /** For {@code ServiceLoader}. */
  public TopicsExtension() {}

  @Override
  public String name() {
    return "pubsub";
  }

  @Override
  public List<Setting<?>> settings() {
    return PubsubSettings.ALL;
  }

  @Override
  public Attached attach(Ring ring) {
    var topics = new Topics(ring);
    return new Attached(topics, topics.services());
  }
}
