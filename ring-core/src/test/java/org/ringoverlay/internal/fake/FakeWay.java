package org.ringoverlay.internal.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.call.Way;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.spi.Connection;

/** A way out that leads where the test says, and keeps what was sent. */
public final class FakeWay implements Way {
  /** A message and whom it was handed to. */
  public record Sent(Id hop, Envelope envelope) {}

  public final List<Sent> sent = new ArrayList<>();
  public final List<Envelope> delivered = new ArrayList<>();

  /** Where everything goes; null for nowhere. */
  public Id hop;

  /** Where what is for these very nodes goes instead. */
  public final Map<Id, Id> neighbours = new TreeMap<>();

  /** To whom there is no connection. */
  public final Set<Id> unreachable = new TreeSet<>();

  /** What becomes of a message that is handed out. */
  public Connection.Sent outcome = Connection.Sent.QUEUED;

  @Override
  public Id nextHop(Id target, boolean direct) {
    return direct ? neighbours.getOrDefault(target, hop) : hop;
  }

  @Override
  public Id around(Id nextHop, long turn) {
    return nextHop;
  }

  @Override
  public Connection.Sent send(Id nextHop, Envelope envelope) {
    sent.add(new Sent(nextHop, envelope));
    return unreachable.contains(nextHop) ? Connection.Sent.CLOSED : outcome;
  }

  @Override
  public void deliverHere(Envelope envelope) {
    delivered.add(envelope);
  }

  /** The last message that was handed out. */
  public Envelope last() {
    return sent.get(sent.size() - 1).envelope();
  }
}
