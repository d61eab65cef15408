package org.ringoverlay.pubsub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The highest sequences that this node's publishers were told, so that a topic without subscribers
 * does not begin again under a new root. The topics published to last are remembered.
 *
 * <p>Plain state, no IO.
 */
final class Memory {
  private static final int TOPICS_MAX = 1_024;

  /** A sequence and who gave it. */
  record Told(long seq, long reign) {}

  private static final Told NOTHING = new Told(0, 0);

  private final LinkedHashMap<String, Told> told =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Told> eldest) {
          return size() > TOPICS_MAX;
        }
      };

  Told of(String topic) {
    @Nullable Told found = told.get(topic);
    return found == null ? NOTHING : found;
  }

  void keep(String topic, long seq, long reign) {
    if (seq > of(topic).seq()) {
      told.put(topic, new Told(seq, reign));
    }
  }
}
