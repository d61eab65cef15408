package org.ringoverlay.dht.internal.arc;

import java.nio.ByteBuffer;
import org.ringoverlay.dht.internal.wire.Fingerprint;
import org.ringoverlay.dht.internal.wire.Operation;

/**
 * The digest of one register: of its key and of everything in it but the ballot under which a node
 * accepted it, which may differ between equal copies. Not against people who look for collisions.
 */
final class Digest {
  private static final long HIGH = 0x9e3779b97f4a7c15L;
  private static final long LOW = 0xc2b2ae3d27d4eb4fL;
  private static final long REGISTER_BYTES = 64;
  private static final long OPERATION_BYTES = 64;

  private long high;
  private long low;

  private Digest() {}

  /** That of a register. */
  static Fingerprint of(String key, Register register) {
    var digest = new Digest();
    digest.add(key);
    digest.add(register.version());
    digest.add(register.written());
    digest.add(register.deleted() ? 1 : 0);
    digest.add(register.ttlMillis());
    digest.add(register.value().bytes());
    digest.add(register.operations().forgotten());
    for (Operation operation : register.operations().list()) {
      digest.add(operation.id());
      digest.add(operation.version());
      digest.add(operation.existed() ? 1 : 0);
      digest.add(operation.fingerprint());
      digest.add(operation.result().name());
      digest.add(operation.found());
    }
    return new Fingerprint(digest.high, digest.low);
  }

  /** How many bytes it goes through, about. */
  static long bytes(Register register) {
    return REGISTER_BYTES
        + register.value().size()
        + OPERATION_BYTES * register.operations().list().size();
  }

  private void add(String text) {
    add(text.length());
    for (int at = 0; at < text.length(); at++) {
      add(text.charAt(at));
    }
  }

  private void add(byte[] bytes) {
    add(bytes.length);
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.remaining() >= Long.BYTES) {
      add(buffer.getLong());
    }
    while (buffer.hasRemaining()) {
      add(buffer.get());
    }
  }

  private void add(long word) {
    high = Fingerprints.mixed(high ^ word * HIGH);
    low = Fingerprints.mixed(low + word * LOW);
  }
}
