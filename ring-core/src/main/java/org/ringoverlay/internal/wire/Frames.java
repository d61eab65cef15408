package org.ringoverlay.internal.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.json.JsonBinding;
import org.ringoverlay.spi.OutboundFrame;

/** Reads frames, and writes those between neighbours. Any thread; pure. */
public final class Frames {
  /** Bytes before the JSON of a link message. */
  private static final int LINK_HEADER_BYTES = 2;

  private static final JsonBinding BINDING = JsonBinding.standard();

  private Frames() {}

  /** What a frame turned out to be. */
  public sealed interface Read {
    /** A message to an ID. */
    record Travelling(Envelope envelope) implements Read {}

    /** A message between neighbours. */
    record Link(LinkMessage message) implements Read {}

    /** A frame of a version or kind, or a link message of a type, that this node does not know. */
    record Unknown(String what) implements Read {}

    /** Bytes that no node writes. */
    record Malformed(String why) implements Read {}
  }

  /** Reads a whole frame; checks every limit of the header. Never throws. */
  public static Read read(byte[] frame) {
    if (frame.length < LINK_HEADER_BYTES) {
      return new Read.Malformed("a frame of " + frame.length + " bytes");
    }
    if (frame[0] != Envelope.VERSION) {
      return new Read.Unknown("frame version " + frame[0]);
    }
    Kind kind = Kind.of(frame[1]);
    if (kind == null) {
      return new Read.Unknown("frame kind " + frame[1]);
    }
    return kind == Kind.LINK ? readLink(frame) : readEnvelope(kind, frame);
  }

  private static Read readLink(byte[] frame) {
    try {
      LinkMessage message =
          BINDING.read(
              frame, LINK_HEADER_BYTES, frame.length - LINK_HEADER_BYTES, LinkMessage.class);
      return new Read.Link(message);
    } catch (RingException broken) {
      return isUnknownType(frame)
          ? new Read.Unknown("a link message of an unknown type")
          : new Read.Malformed("a link message: " + broken.getMessage());
    }
  }

  /** A newer neighbour's message is JSON with a type that we never heard of, not garbage. */
  private static boolean isUnknownType(byte[] frame) {
    try {
      Json json = Json.parse(frame, LINK_HEADER_BYTES, frame.length - LINK_HEADER_BYTES);
      return json.at("/type")
          .filter(Json::isString)
          .map(type -> !LinkMessage.TYPES.contains(type.as(String.class)))
          .orElse(false);
    } catch (RingException broken) {
      return false;
    }
  }

  private static Read readEnvelope(Kind kind, byte[] frame) {
    if (frame.length < Envelope.HEADER_BYTES) {
      return new Read.Malformed("a header of " + frame.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(frame, LINK_HEADER_BYTES, frame.length - LINK_HEADER_BYTES);
    int flags = in.getShort() & 0xFFFF;
    int hops = in.get() & 0xFF;
    int hopsMax = in.get() & 0xFF;
    int requestHops = in.get() & 0xFF;
    int attempt = in.get() & 0xFF;
    Id target = Id.read(in);
    Id origin = Id.read(in);
    long incarnation = in.getLong();
    long sequence = in.getLong();
    long oldestOrAttempts = in.getLong();
    boolean asks = kind == Kind.REQUEST;
    long oldestOpen = asks ? oldestOrAttempts : 0;
    long attempts = asks ? Envelope.attempt(attempt) : oldestOrAttempts;
    long microsLeft = in.getInt() & 0xFFFF_FFFFL;
    int nameBytes = in.get() & 0xFF;
    if (hopsMax < 1
        || hopsMax > Envelope.HOPS_LIMIT
        || hops > hopsMax
        || requestHops > Envelope.HOPS_LIMIT) {
      return new Read.Malformed("hop " + hops + " of at most " + hopsMax);
    }
    if (incarnation < 1 || sequence < 1 || oldestOpen < 0 || oldestOpen > sequence) {
      return new Read.Malformed("a request's number out of range");
    }
    if (nameBytes < 1
        || nameBytes > Envelope.SERVICE_BYTES_MAX
        || Envelope.HEADER_BYTES + nameBytes > frame.length) {
      return new Read.Malformed("a service's name of " + nameBytes + " bytes");
    }
    String service = new String(frame, Envelope.HEADER_BYTES, nameBytes, StandardCharsets.UTF_8);
    int offset = Envelope.HEADER_BYTES + nameBytes;
    if (!isWrittenAs(service, frame, offset)) {
      return new Read.Malformed("a service's name that is not UTF-8");
    }
    return new Read.Travelling(
        new Envelope(
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
            frame,
            offset,
            frame.length - offset));
  }

  /** Whether a name came from its very bytes: a next hop would write others for a mended one. */
  private static boolean isWrittenAs(String service, byte[] frame, int end) {
    return service.indexOf('\uFFFD') < 0
        || Arrays.equals(
            service.getBytes(StandardCharsets.UTF_8),
            Arrays.copyOfRange(frame, Envelope.HEADER_BYTES, end));
  }

  /** Writes a message to a neighbour. */
  public static OutboundFrame write(LinkMessage message) {
    byte[] json = BINDING.write(message);
    return new OutboundFrame() {
      @Override
      public int sizeBytes() {
        return LINK_HEADER_BYTES + json.length;
      }

      @Override
      public void writeTo(ByteBuffer target) {
        target.put(Envelope.VERSION);
        target.put(Kind.LINK.code());
        target.put(json);
      }
    };
  }
}
