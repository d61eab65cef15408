package org.ringoverlay.internal.link;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Card;
import org.ringoverlay.internal.wire.Frames;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.ConnectionHandler;
import org.ringoverlay.spi.OutboundFrame;
import org.ringoverlay.spi.Timer;

/**
 * One connection, from its handshake to its end.
 *
 * <p>{@code CONNECTING → GREETING → AGREED → OVER}; {@code OVER} from anywhere. The node that
 * connected says hello, the other welcome or reject.
 */
final class Wire implements ConnectionHandler {
  private enum State {
    CONNECTING,
    GREETING,
    AGREED,
    OVER
  }

  private final Links links;
  private final boolean dialled;
  private final String address;
  private final @Nullable Id expected;
  private State state = State.CONNECTING;
  private @Nullable Connection connection;
  private @Nullable Card card;
  private long frameBytesMax = Long.MAX_VALUE;
  private long usedAt;
  private long keptNanos;
  private @Nullable Timer handshakeTimer;

  /**
   * Makes the handler of a connection.
   *
   * @param dialled whether this node connected
   * @param address where it dialled, empty if it did not
   * @param expected whom it expects there, null for whoever answers
   */
  Wire(Links links, boolean dialled, String address, @Nullable Id expected) {
    this.links = links;
    this.dialled = dialled;
    this.address = address;
    this.expected = expected;
  }

  boolean isAgreed() {
    return state == State.AGREED;
  }

  boolean isDialled() {
    return dialled;
  }

  String address() {
    return address;
  }

  @Nullable Id expected() {
    return expected;
  }

  @Nullable Id peer() {
    return card == null ? null : card.id();
  }

  /** What the peer said of itself when this connection was agreed on; null before. */
  @Nullable Card card() {
    return card;
  }

  /** Says for how long it is kept when nobody uses it. */
  void keep(long nanos) {
    keptNanos = nanos;
  }

  /** Whether nobody used it for that long. */
  boolean isIdle(long now) {
    return now - usedAt > keptNanos;
  }

  /** Sends a frame, unless the peer would close the connection for its length. */
  Connection.Sent send(OutboundFrame frame) {
    Connection wire = connection;
    usedAt = links.now();
    if (wire == null || state == State.OVER) {
      return Connection.Sent.CLOSED;
    }
    int length = frame.sizeBytes();
    if (length > frameBytesMax) {
      links.refused(
          wire.remote(),
          "a frame of " + length + " bytes for a node that takes at most " + frameBytesMax);
      return Connection.Sent.TOO_LONG;
    }
    return wire.send(frame);
  }

  void handshakeTimer(Timer timer) {
    handshakeTimer = timer;
  }

  /** No agreement in time: the connection, or the attempt to make it, is over. */
  void handshakeLate() {
    if (state == State.CONNECTING || state == State.GREETING) {
      Connection wire = connection;
      state = State.OVER;
      if (wire != null) {
        wire.close("no handshake in time");
      }
      links.failed(this, new RingException.NoRoute("no handshake in time"), false);
    }
  }

  private void forgetHandshakeTimer() {
    Timer timer = handshakeTimer;
    handshakeTimer = null;
    if (timer != null) {
      timer.cancel();
    }
  }

  void close(String reason) {
    Connection wire = connection;
    if (wire != null) {
      wire.close(reason);
    }
  }

  @Override
  public void opened(Connection opened) {
    connection = opened;
    if (state == State.OVER) {
      opened.close("no handshake in time");
      return;
    }
    state = State.GREETING;
    if (dialled) {
      opened.send(Frames.write(links.introduction().hello()));
    }
  }

  /** The hello, or what was answered to it, may not have arrived. */
  void helloAgain() {
    Connection wire = connection;
    if (state == State.GREETING && wire != null) {
      wire.send(Frames.write(links.introduction().hello()));
    }
  }

  @Override
  public void received(Connection from, byte[] frame) {
    if (state == State.OVER) {
      return;
    }
    usedAt = links.now();
    Frames.Read read = Frames.read(frame);
    if (read instanceof Frames.Read.Malformed malformed) {
      refuse(from, malformed.why());
    } else if (state == State.GREETING) {
      greet(from, read);
    } else if (read instanceof Frames.Read.Travelling travelling) {
      links.travelling(this, travelling.envelope(), travelling.hopNumber());
    } else if (read instanceof Frames.Read.Acks acks) {
      links.acknowledged(this, acks.numbers());
    } else if (read instanceof Frames.Read.Link link) {
      long leftOut = link.message().factsLeftOut();
      if (leftOut > 0) {
        links.refused(
            from.remote(), leftOut + " facts about members in states that this node does not know");
      }
      if (link.message() instanceof LinkMessage.Idle) {
        links.idle(this);
      } else if (!dialled && link.message() instanceof LinkMessage.Hello again) {
        welcome(from, again);
      } else {
        links.linkMessage(this, link.message());
      }
    } else if (read instanceof Frames.Read.Unknown unknown) {
      links.notUnderstood(this);
      links.refused(from.remote(), unknown.what());
      from.send(Frames.write(new LinkMessage.NotUnderstood(unknown.what())));
    }
  }

  private void greet(Connection from, Frames.Read read) {
    if (!(read instanceof Frames.Read.Link link)) {
      outOfTurn(from, "a frame before the handshake");
      return;
    }
    if (!dialled && link.message() instanceof LinkMessage.Hello hello) {
      Card said = Card.of(hello.card());
      if (said == null) {
        refuse(from, "a hello without a sound card");
        return;
      }
      Card rival = links.rivalOf(said);
      RingException objection = links.introduction().objection(hello, said.id());
      if (objection == null && rival != null) {
        objection = Introduction.twice(said.id());
      }
      if (objection != null) {
        from.send(
            Frames.write(
                new LinkMessage.Reject(
                    ErrorJson.toJson(objection), rival == null ? null : rival.raw())));
        refuse(from, objection.getMessage());
        return;
      }
      welcome(from, hello);
      agree(said, hello.ringIdentity(), hello.frameMax());
    } else if (dialled && link.message() instanceof LinkMessage.Welcome welcome) {
      Card said = Card.of(welcome.card());
      RingException objection =
          said == null
              ? new RingException.Incompatible("The other's welcome has no sound card.")
              : links.introduction().objection(welcome, said.id());
      if (said == null || objection != null) {
        fail(from, objection != null ? objection : new RingException.Incompatible("no card"));
        return;
      }
      agree(said, welcome.ringIdentity(), welcome.frameMax());
    } else if (dialled && link.message() instanceof LinkMessage.Reject reject) {
      RingException why = rejection(reject);
      fail(from, why);
      Card rival = Card.of(reject.rival());
      if (rival != null && rival.id().equals(links.introduction().self())) {
        links.rival(rival.raw(), why);
      }
    } else {
      outOfTurn(from, "a message that is no greeting");
    }
  }

  /**
   * Something else than a greeting. A node that connected has to say hello first; one that was
   * connected to may think that its welcome arrived, and is asked again.
   */
  private void outOfTurn(Connection from, String what) {
    if (dialled) {
      links.refused(from.remote(), what);
    } else {
      refuse(from, what);
    }
  }

  private void welcome(Connection to, LinkMessage.Hello hello) {
    int protocol = Math.min(Introduction.PROTOCOL_MAX, hello.protocolMax());
    to.send(Frames.write(links.introduction().welcome(protocol)));
  }

  private static RingException rejection(LinkMessage.Reject reject) {
    try {
      return ErrorJson.fromJson(reject.error());
    } catch (RingException unreadable) {
      return new RingException.Incompatible(
          "The other rejects this node, in words that it cannot read.");
    }
  }

  private void agree(Card said, String ringIdentity, @Nullable Long theirFrameMax) {
    state = State.AGREED;
    if (theirFrameMax != null && theirFrameMax > 0) {
      frameBytesMax = theirFrameMax;
    }
    forgetHandshakeTimer();
    card = said;
    links.agreed(this, said, ringIdentity);
  }

  /** The other does not want us, or we do not want it: nobody's fault, and it is said why. */
  private void fail(Connection from, RingException why) {
    state = State.OVER;
    from.close(why.getMessage());
    links.failed(this, why, false);
  }

  private void refuse(Connection from, String why) {
    links.refused(from.remote(), why);
    from.close(why);
  }

  @Override
  public void closed(String reason) {
    State before = state;
    state = State.OVER;
    forgetHandshakeTimer();
    if (before == State.AGREED) {
      links.lost(this, reason);
    } else if (before == State.CONNECTING || before == State.GREETING) {
      links.failed(this, new RingException.NoRoute(reason), before == State.CONNECTING);
    }
  }
}
