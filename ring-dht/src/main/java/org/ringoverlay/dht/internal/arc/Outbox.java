package org.ringoverlay.dht.internal.arc;

import java.util.List;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.id.Id;

/**
 * What one {@link ArcLeader} asks of the world. What comes of a message is told to the leader later
 * and never within the call: by its method of the reply's name, or as failed.
 */
interface Outbox {
  /** Asks for a promise and the heads. */
  void prepare(Id node, CopyRequest.Prepare message);

  /** Asks to keep registers, whose heads come back with the reply. */
  void accept(Id node, CopyRequest.Accept message, List<Head> heads);

  /** Asks whether the ballot stands. */
  void check(Id node, CopyRequest.Check message, long number);

  /** Asks for whole registers. */
  void fetch(Id node, CopyRequest.Fetch message);

  /** The leader wants ticks until a tick says that it does not. */
  void tick();

  /** Copies lag behind: {@link ArcLeader#nextRepair} has work. */
  void repair();

  /** The leader is none any more. */
  void ended();

  /** Whether a node is in the ring, as this node sees it; whoever is not will never answer. */
  boolean isMember(Id node);

  /** Sixty-four random bits. */
  long random();
}
