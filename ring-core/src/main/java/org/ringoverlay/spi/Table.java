package org.ringoverlay.spi;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A map from names to values, both bytes, that one part of a node keeps in its data directory.
 *
 * <p>Nobody but the part itself reads or writes it.
 */
public interface Table {
  /** One entry that is to be another. */
  final class Change {
    private final byte[] name;
    private final byte @Nullable [] value;

    private Change(byte[] name, byte @Nullable [] value) {
      this.name = name;
      this.value = value;
    }

    /** A name has this value from now on. The arrays must not be changed afterwards. */
    public static Change put(byte[] name, byte[] value) {
      return new Change(name, value);
    }

    /** A name has no value any more. The array must not be changed afterwards. */
    public static Change remove(byte[] name) {
      return new Change(name, null);
    }

    /** The name, not copied. */
    public byte[] name() {
      return name;
    }

    /** The value, not copied; null if the name is to have none. */
    public byte @Nullable [] value() {
      return value;
    }
  }

  /**
   * Gives every entry, in the order of the unsigned bytes of the names. Blocks; off the loop.
   *
   * @throws org.ringoverlay.error.RingException.Unavailable if the disk cannot be read, or holds
   *     what was never written
   */
  void read(BiConsumer<byte[], byte[]> entry);

  /**
   * Makes changes, all or none of them. Any thread; does not block. What is asked for first is made
   * first, and so is a save of the identity that was asked for in between.
   *
   * @return completes on the store's own thread once the changes would survive a power cut; fails
   *     with {@code Unavailable} if the disk refused, after which the node stops, or with {@code
   *     Closed}
   */
  CompletionStage<Void> write(List<Change> changes);

  /**
   * Whether there is room on the disk for more than what must be written to go on. Any thread; as
   * of the last write.
   */
  boolean hasRoom();
}
