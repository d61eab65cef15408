package org.ringoverlay.internal.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.OutboundFrame;

/**
 * A message that travels to an ID: a fixed binary header, the service's name, a JSON payload.
 *
 * <pre>
 *   0  version          1  kind            2  flags (2)
 *   4  hops so far      5  hops at most    6  hops of the request (in replies)
 *   7  number of the attempt (in requests)
 *   8  target (20)     28  origin (20)
 *  48  run of the asker (8)                56  sequence of the request (8)
 *  64  oldest sequence that the asker still waits for (8); in replies the attempts spoken for
 *  72  microseconds left (4, unsigned)     76  length of the service's name
 *  77  the service's name, then the payload
 * </pre>
 *
 * <p>The asker, its run (its incarnation and 31 bits of chance) and the sequence name a request; a
 * reply carries the same three. Each attempt of a request has a number besides, and a reply says
 * for which of them it speaks: so the asker knows which copies may still be at work somewhere. A
 * node on the way changes the hops and nothing else, and never parses the payload. Immutable but
 * for the bytes, which nobody changes after they were handed over.
 *
 * @param attempts a set of bits, one for each attempt as {@link #attempt} gives it: in a request
 *     its own, in a reply all that it speaks for
 * @param array holds the payload, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not shared: a copy per message would cost
public record Envelope(
    Kind kind,
    int flags,
    int hops,
    int hopsMax,
    int requestHops,
    Id target,
    Id origin,
    long incarnation,
    long sequence,
    long oldestOpen,
    long attempts,
    long microsLeft,
    String service,
    byte[] array,
    int offset,
    int length)
    implements OutboundFrame {
  /** Only the node whose ID is the target may deliver it. */
  public static final int DIRECT = 1;

  /** Not the first attempt. */
  public static final int REPEAT = 2;

  /** A failure that the overlay, not the handler, gave; another attempt may find another way. */
  public static final int FROM_ROUTER = 4;

  /** A node that is not surely the root may deliver it too. */
  public static final int LIKELY = 8;

  /**
   * With {@link #FROM_ROUTER}: a hop did not acknowledge the request in time, so another attempt
   * may find another way, and this one may still arrive.
   */
  public static final int UNACKNOWLEDGED = 16;

  /**
   * Whoever gets it from its asker may deliver it, root or not. It goes on to the root from a node
   * that does not know this.
   */
  public static final int FIRST = 32;

  private static final byte[] NO_BYTES = {};

  /** Most microseconds that the header can say; longer is said as this. */
  public static final long MICROS_LEFT_MAX = 0xFFFF_FFFFL;

  /** Bytes before the service's name. */
  static final int HEADER_BYTES = 77;

  /** Hops that any message may ask for. */
  static final int HOPS_LIMIT = 64;

  /** Bytes of a service's name. */
  public static final int SERVICE_BYTES_MAX = 128;

  static final byte VERSION = 1;

  /**
   * All attempts too late to have a bit of their own; no reply is known to speak for each of them.
   */
  public static final long ATTEMPTS_BEYOND = 1L << 63;

  /** The bit of an attempt; the first is 1. */
  public static long attempt(int number) {
    return number < 1 ? 0 : number < 64 ? 1L << (number - 1) : ATTEMPTS_BEYOND;
  }

  /** Whether a flag is set. */
  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** The same message one hop further. */
  public Envelope forwarded() {
    return new Envelope(
        kind,
        flags,
        hops + 1,
        hopsMax,
        requestHops,
        target,
        origin,
        incarnation,
        sequence,
        oldestOpen,
        attempts,
        microsLeft,
        service,
        array,
        offset,
        length);
  }

  /** The same answer, which speaks for these attempts too. */
  public Envelope speakingFor(long moreAttempts) {
    return (attempts | moreAttempts) == attempts
        ? this
        : new Envelope(
            kind,
            flags,
            hops,
            hopsMax,
            requestHops,
            target,
            origin,
            incarnation,
            sequence,
            oldestOpen,
            attempts | moreAttempts,
            microsLeft,
            service,
            array,
            offset,
            length);
  }

  /** What is needed to answer this request: all but its payload. */
  public Envelope withoutPayload() {
    return new Envelope(
        kind,
        flags,
        hops,
        hopsMax,
        requestHops,
        target,
        origin,
        incarnation,
        sequence,
        oldestOpen,
        attempts,
        microsLeft,
        service,
        NO_BYTES,
        0,
        0);
  }

  /** The answer to this request. */
  public Envelope answer(Kind answerKind, int answerFlags, Id self, byte[] payload) {
    return new Envelope(
        answerKind,
        answerFlags | DIRECT,
        0,
        hopsMax,
        hops,
        origin,
        self,
        incarnation,
        sequence,
        0,
        attempts,
        microsLeft,
        service,
        payload,
        0,
        payload.length);
  }

  @Override
  public int sizeBytes() {
    return HEADER_BYTES + serviceLength() + length;
  }

  private int serviceLength() {
    int chars = service.length();
    for (int i = 0; i < chars; i++) {
      if (service.charAt(i) >= 0x80) {
        return service.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return chars;
  }

  private int attemptNumber() {
    return attempts == 0 ? 0 : Long.numberOfTrailingZeros(attempts) + 1;
  }

  @Override
  public void writeTo(ByteBuffer out) {
    out.put(VERSION);
    out.put(kind.code());
    out.putShort((short) flags);
    out.put((byte) hops);
    out.put((byte) hopsMax);
    out.put((byte) requestHops);
    out.put((byte) (kind == Kind.REQUEST ? attemptNumber() : 0));
    target.write(out);
    origin.write(out);
    out.putLong(incarnation);
    out.putLong(sequence);
    out.putLong(kind == Kind.REQUEST ? oldestOpen : attempts);
    out.putInt((int) Math.min(microsLeft, MICROS_LEFT_MAX));
    int nameBytes = serviceLength();
    out.put((byte) nameBytes);
    if (nameBytes == service.length()) {
      for (int i = 0; i < nameBytes; i++) {
        out.put((byte) service.charAt(i));
      }
    } else {
      out.put(service.getBytes(StandardCharsets.UTF_8));
    }
    out.put(array, offset, length);
  }

  /** Compares the payload's bytes, so that two decodings of one frame are equal. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Envelope that
        && kind == that.kind
        && flags == that.flags
        && hops == that.hops
        && hopsMax == that.hopsMax
        && requestHops == that.requestHops
        && target.equals(that.target)
        && origin.equals(that.origin)
        && incarnation == that.incarnation
        && sequence == that.sequence
        && oldestOpen == that.oldestOpen
        && attempts == that.attempts
        && microsLeft == that.microsLeft
        && service.equals(that.service)
        && java.util.Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    return 31 * origin.hashCode() + Long.hashCode(sequence);
  }

  @Override
  public String toString() {
    return kind
        + " "
        + service
        + " "
        + origin.shortString()
        + "→"
        + target.shortString()
        + " #"
        + sequence
        + " hop "
        + hops
        + ", "
        + length
        + " bytes";
  }
}
