package org.ringoverlay.dht.internal.arc;

import java.util.List;
import java.util.function.LongConsumer;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Rules;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Timer;

/**
 * What one {@link ArcLeader} asks of the world. What comes of a message is told to the leader later
 * and never within the call: by its method of the reply's name, or as failed.
 */
interface Outbox {
  /** Asks for a promise and the heads. */
  void prepare(Id node, CopyRequest.Prepare message);

  /** Asks to keep registers, whose heads come back with the reply. */
  void accept(Id node, CopyRequest.Accept message, List<Head> heads);

  /**
   * Asks to keep a configuration.
   *
   * @param configuration the configuration, which comes back with the reply
   */
  void configure(Id node, CopyRequest.Accept message, Configuration configuration);

  /** Asks whether the ballot stands. */
  void check(Id node, CopyRequest.Check message, long number);

  /** Asks for whole registers. */
  void fetch(Id node, CopyRequest.Fetch message);

  /** Asks to forget registers that came to nothing. Only a refusal is told back. */
  void forget(Id node, CopyRequest.Forget message);

  /** Asks for a step towards a floor of the arc, or to take it over. */
  void floor(Id node, CopyRequest.Floor message);

  /** Whether all that this node's shelf holds is kept, so that it counts. */
  boolean isKept();

  /** Runs this, with the time then, when all that the shelf holds now is kept; never at once. */
  void whenKept(LongConsumer then);

  /** Runs this, with the time then, after so many nanoseconds, unless it is cancelled. */
  Timer later(long nanos, LongConsumer then);

  /** The time. */
  long now();

  /** The leader wants ticks until a tick says that it does not. */
  void tick();

  /** Copies lag behind: {@link ArcLeader#nextRepair} has work. */
  void repair();

  /** Whether the leader may change its members now; if not, it is woken when it may. */
  boolean mayMove();

  /**
   * Whether the change of members may be decided now, when the newcomers are ready; the leader is
   * woken when it may, if not.
   */
  boolean mayChange();

  /** The change of members waits for a newcomer: another arc may be decided meanwhile. */
  void waitsToChange();

  /** The leader's members are those that they should be. */
  void moved();

  /** The leader leads from now on. */
  void leads();

  /** The leader is none any more. */
  void ended();

  /** Whether a node answers, as far as this node knows. */
  boolean answers(Id node);

  /** Whether a node's lease of this generation is in force; it is asked for one if not. */
  boolean isLeased(Id node, long generation);

  /** What holds in a namespace, as far as this node knows. */
  Rules rules(String space);

  /**
   * How many copies the ring wants, as far as this node knows.
   *
   * @param members how many there are, or will be: what is wanted while this node knows nothing
   */
  int copiesWanted(int members);

  /** The bytes of values that may be kept for watchers, of all arcs together. */
  ValueBudget keptForWatchers();

  /** Sixty-four random bits. */
  long random();
}
