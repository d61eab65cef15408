package org.ringoverlay.internal.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.json.JsonBinding;
import org.ringoverlay.spi.OutboundFrame;

/** Reads frames, and writes those between neighbours. Any thread; pure. */
public final class Frames {
  /** Bytes before the JSON of a link message. */
  private static final int LINK_HEADER_BYTES = 2;

  /** Bytes before the frame that a hop carries. */
  private static final int HOP_BYTES = LINK_HEADER_BYTES + Integer.BYTES;

  /** Acknowledgements in one frame at most. */
  public static final int ACKS_MAX = 1_024;

  private static final JsonBinding BINDING = JsonBinding.standard();

  private Frames() {}

  /** What a frame turned out to be. */
  public sealed interface Read {
    /**
     * A message to an ID.
     *
     * @param hopNumber by what number to acknowledge it, 0 if that is not wanted
     */
    record Travelling(Envelope envelope, int hopNumber) implements Read {}

    /** Messages that a next hop took, by their numbers. */
    record Acks(List<Integer> numbers) implements Read {}

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
    return switch (kind) {
      case LINK -> readLink(frame);
      case HOP -> readHop(frame);
      case ACKS -> readAcks(frame);
      case REQUEST, REPLY, FAILURE -> readEnvelope(kind, frame, 0, 0);
    };
  }

  private static Read readHop(byte[] frame) {
    if (frame.length < HOP_BYTES + LINK_HEADER_BYTES) {
      return new Read.Malformed("a hop of " + frame.length + " bytes");
    }
    int number = ByteBuffer.wrap(frame, LINK_HEADER_BYTES, Integer.BYTES).getInt();
    if (number < 1) {
      return new Read.Malformed("a hop without a number");
    }
    if (frame[HOP_BYTES] != Envelope.VERSION) {
      return new Read.Unknown("a hop of frame version " + frame[HOP_BYTES]);
    }
    Kind inner = Kind.of(frame[HOP_BYTES + 1]);
    if (inner == null) {
      return new Read.Unknown("a hop of frame kind " + frame[HOP_BYTES + 1]);
    }
    return switch (inner) {
      case REQUEST, REPLY, FAILURE -> readEnvelope(inner, frame, HOP_BYTES, number);
      case LINK, HOP, ACKS -> new Read.Malformed("a hop that carries no message to an ID");
    };
  }

  private static Read readAcks(byte[] frame) {
    int bytes = frame.length - LINK_HEADER_BYTES;
    if (bytes == 0 || bytes % Integer.BYTES != 0 || bytes / Integer.BYTES > ACKS_MAX) {
      return new Read.Malformed("acknowledgements of " + bytes + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(frame, LINK_HEADER_BYTES, bytes);
    var numbers = new ArrayList<Integer>(bytes / Integer.BYTES);
    while (in.hasRemaining()) {
      int number = in.getInt();
      if (number < 1) {
        return new Read.Malformed("an acknowledgement of a number that no hop has");
      }
      numbers.add(number);
    }
    return new Read.Acks(numbers);
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

  private static Read readEnvelope(Kind kind, byte[] frame, int start, int hopNumber) {
    int nameAt = start + Envelope.HEADER_BYTES;
    if (frame.length < nameAt) {
      return new Read.Malformed("a header of " + (frame.length - start) + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(frame, start, frame.length - start);
    in.position(start + LINK_HEADER_BYTES);
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
        || nameAt + nameBytes > frame.length) {
      return new Read.Malformed("a service's name of " + nameBytes + " bytes");
    }
    String service = new String(frame, nameAt, nameBytes, StandardCharsets.UTF_8);
    int offset = nameAt + nameBytes;
    if (!isWrittenAs(service, frame, nameAt, offset)) {
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
            frame.length - offset),
        hopNumber);
  }

  /** Whether a name came from its very bytes: a next hop would write others for a mended one. */
  private static boolean isWrittenAs(String service, byte[] frame, int start, int end) {
    return service.indexOf('\uFFFD') < 0
        || Arrays.equals(
            service.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(frame, start, end));
  }

  /** Writes a travelling message whose next hop is to acknowledge it by a number above 0. */
  public static OutboundFrame hop(int number, Envelope envelope) {
    return new OutboundFrame() {
      @Override
      public int sizeBytes() {
        return HOP_BYTES + envelope.sizeBytes();
      }

      @Override
      public void writeTo(ByteBuffer target) {
        target.put(Envelope.VERSION);
        target.put(Kind.HOP.code());
        target.putInt(number);
        envelope.writeTo(target);
      }
    };
  }

  /** Writes which messages this node took; at most {@link #ACKS_MAX}. */
  public static OutboundFrame acks(List<Integer> numbers) {
    List<Integer> taken = List.copyOf(numbers);
    return new OutboundFrame() {
      @Override
      public int sizeBytes() {
        return LINK_HEADER_BYTES + Integer.BYTES * taken.size();
      }

      @Override
      public void writeTo(ByteBuffer target) {
        target.put(Envelope.VERSION);
        target.put(Kind.ACKS.code());
        taken.forEach(target::putInt);
      }
    };
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
