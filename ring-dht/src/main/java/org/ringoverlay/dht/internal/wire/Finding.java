package org.ringoverlay.dht.internal.wire;

import java.util.List;

/** What a node found when it compared a {@link Range} with what it holds itself. */
public sealed interface Finding {
  /** It holds the same. */
  record Same() implements Finding {}

  /** It holds something else; these are the fingerprints of the parts, in order. */
  record Parts(List<Fingerprint> fingerprints) implements Finding {
    /** Copies the list. */
    public Parts {
      fingerprints = Entry.orEmpty(fingerprints);
    }
  }

  /** It holds something else, and so little that it names all of it, in the order of the keys. */
  record Held(List<Head> heads) implements Finding {
    /** Copies the list. */
    public Held {
      heads = Entry.orEmpty(heads);
    }
  }
}
