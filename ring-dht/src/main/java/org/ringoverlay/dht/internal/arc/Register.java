package org.ringoverlay.dht.internal.arc;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.json.Json;

/**
 * A key's value, or the tombstone that a delete left so that the versions go on growing.
 *
 * @param version made by one ballot alone; two registers of a key with one version are equal
 * @param deleted whether this is a tombstone
 * @param value the value, JSON's null for a tombstone
 * @param operations what it remembers of the operations that made it
 */
record Register(long version, boolean deleted, Json value, OperationWindow operations) {
  static final Json NOTHING = Json.of(null);

  static boolean present(@Nullable Register register) {
    return register != null && !register.deleted;
  }

  static long versionOf(@Nullable Register register) {
    return register == null ? 0 : register.version;
  }

  /** The register as it is sent to a node of which nothing is known. */
  Entry whole(String key) {
    return new Entry(key, version, deleted, value, Entry.WHOLE, operations.list());
  }

  /** The register as it is sent to a node that should hold {@code base}. */
  Entry step(String key, @Nullable Register base, Operation operation) {
    return new Entry(key, version, deleted, value, versionOf(base), List.of(operation));
  }

  /** What a node that holds {@code base}, as the entry says, makes of it. */
  static Register of(Entry entry, @Nullable Register base) {
    OperationWindow window;
    if (entry.base() == Entry.WHOLE) {
      window = OperationWindow.of(entry.operations());
    } else {
      window = base == null ? OperationWindow.EMPTY : base.operations;
      for (Operation operation : entry.operations()) {
        window = window.plus(operation);
      }
    }
    return new Register(entry.version(), entry.deleted(), entry.value(), window);
  }
}
