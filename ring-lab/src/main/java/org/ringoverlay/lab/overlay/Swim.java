package org.ringoverlay.lab.overlay;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.ConnectionHandler;
import org.ringoverlay.spi.OutboundFrame;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.spi.TransportProvider;
import org.ringoverlay.testkit.Simulation;

/**
 * A member of a plain SWIM, to compare with: Das, Gupta, Motivala, "SWIM: Scalable
 * Weakly-consistent Infection-style Process Group Membership Protocol", DSN 2002. Each period the
 * next member of a shuffled round is pinged (sections 3.1 and 4.3), at silence through others; who
 * stays silent is suspected for a fixed time, may refute by a higher incarnation (section 4.2), and
 * is dead then. Facts ride on pings and their answers (section 4.1).
 *
 * <p>Without what Lifeguard (Dadgar, Phillips, Currey, 2018) adds: a slow member judges like a
 * quick one. All members know each other from the beginning, since only verdicts are compared.
 */
final class Swim implements ConnectionHandler {
  private static final int FRAME_BYTES_MAX = 4_096;
  private static final int FACTS_PER_MESSAGE = 8;
  private static final int FACT_BYTES = 9;
  private static final int HEADER_BYTES = 13;

  /**
   * The clocks.
   *
   * @param periodNanos between two pings
   * @param timeoutNanos how long an answer may take until others are asked
   * @param suspicionNanos how long a suspect may refute
   * @param probers how many others are asked
   */
  record Limits(long periodNanos, long timeoutNanos, long suspicionNanos, int probers) {}

  private static final byte ALIVE = 0;
  private static final byte SUSPECT = 1;
  private static final byte DEAD = 2;

  private static final byte PING = 0;
  private static final byte PING_REQUEST = 1;
  private static final byte ACK = 2;

  private static final class Fact {
    byte state = ALIVE;
    int incarnation;
    int tellings;
  }

  /** One of another's connections to this member; what arrives says who sent it. */
  private static final class Road implements ConnectionHandler {
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private @Nullable Connection open;
    private boolean closed;

    @Override
    public void opened(Connection connection) {
      open = connection;
      waiting.forEach(frame -> connection.send(new Bytes(frame)));
      waiting.clear();
    }

    void send(byte[] frame) {
      Connection known = open;
      if (known != null) {
        known.send(new Bytes(frame));
      } else {
        waiting.add(frame);
      }
    }

    @Override
    public void received(Connection connection, byte[] frame) {
      throw new IllegalStateException("answers come on the other's own road");
    }

    @Override
    public void closed(String reason) {
      closed = true;
    }
  }

  private static final class Bytes implements OutboundFrame {
    private final byte[] frame;

    Bytes(byte[] frame) {
      this.frame = frame;
    }

    @Override
    public int sizeBytes() {
      return frame.length;
    }

    @Override
    public void writeTo(ByteBuffer target) {
      target.put(frame);
    }
  }

  private final int self;
  private final int members;
  private final Limits limits;
  private final Transport transport;
  private final IntConsumer whenDead;
  private final List<Fact> facts = new ArrayList<>();
  private final TreeMap<Integer, Road> roads = new TreeMap<>();
  private final TreeMap<Integer, int[]> probedFor = new TreeMap<>();
  private final TreeSet<Integer> fresh = new TreeSet<>();
  private final ArrayDeque<Integer> round = new ArrayDeque<>();
  private final int tellingsMax;
  private int incarnation;
  private int lastNumber;
  private int awaited;

  /**
   * Starts a member on the host {@code swim-<self>}.
   *
   * @param whenDead told whom this member takes for dead from now on
   */
  Swim(Simulation world, int self, int members, Limits limits, IntConsumer whenDead) {
    this.self = self;
    this.members = members;
    this.limits = limits;
    this.whenDead = whenDead;
    TransportProvider provider = world.host(name(self)).transport();
    this.transport =
        provider.create(Settings.defaults(provider.settings()), FRAME_BYTES_MAX, RingObserver.NONE);
    for (int member = 0; member < members; member++) {
      facts.add(new Fact());
    }
    this.tellingsMax = 3 * (Integer.SIZE - Integer.numberOfLeadingZeros(members));
    transport.listen(name(self) + ":1", () -> this);
    transport
        .scheduler()
        .schedule(transport.randomness().below(limits.periodNanos()), this::nextPeriod);
  }

  /** The host of a member. */
  static String name(int member) {
    return "swim-" + member;
  }

  private void nextPeriod() {
    transport.scheduler().schedule(limits.periodNanos(), this::nextPeriod);
    Integer target = nextTarget();
    if (target == null) {
      return;
    }
    int number = ++lastNumber;
    awaited = number;
    send(target, PING, number, self);
    transport.scheduler().schedule(limits.timeoutNanos(), () -> askOthers(number, target));
    transport.scheduler().schedule(limits.periodNanos() - 1, () -> judge(number, target));
  }

  private @Nullable Integer nextTarget() {
    if (round.isEmpty()) {
      var shuffled = new ArrayList<Integer>();
      for (int member = 0; member < members; member++) {
        if (member != self && facts.get(member).state != DEAD) {
          shuffled.add((int) transport.randomness().below(shuffled.size() + 1), member);
        }
      }
      round.addAll(shuffled);
    }
    return round.poll();
  }

  private void askOthers(int number, int target) {
    for (int i = 0; awaited == number && i < limits.probers(); i++) {
      int prober = (int) transport.randomness().below(members);
      if (prober != self && prober != target) {
        send(prober, PING_REQUEST, number, target);
      }
    }
  }

  private void judge(int number, int target) {
    if (awaited == number && facts.get(target).state == ALIVE) {
      learn(target, SUSPECT, facts.get(target).incarnation);
    }
  }

  @Override
  public void opened(Connection connection) {}

  @Override
  public void closed(String reason) {}

  @Override
  public void received(Connection connection, byte[] frame) {
    var in = ByteBuffer.wrap(frame);
    byte kind = in.get();
    int from = in.getInt();
    int number = in.getInt();
    int about = in.getInt();
    while (in.hasRemaining()) {
      int member = in.getInt();
      byte state = in.get();
      learn(member, state, in.getInt());
    }
    switch (kind) {
      case PING -> send(from, ACK, number, about);
      case PING_REQUEST -> {
        int own = ++lastNumber;
        probedFor.put(own, new int[] {from, number});
        if (probedFor.size() > members) {
          probedFor.pollFirstEntry();
        }
        send(about, PING, own, self);
      }
      default -> acknowledged(number);
    }
  }

  private void acknowledged(int number) {
    int[] asker = probedFor.remove(number);
    if (asker != null) {
      send(asker[0], ACK, asker[1], self);
    } else if (awaited == number) {
      awaited = 0;
    }
  }

  /** The order of facts of section 4.2: dead over all, then incarnations, then suspicion. */
  private void learn(int member, byte state, int told) {
    if (member == self) {
      if (state != ALIVE && told >= incarnation) {
        incarnation = told + 1;
        facts.get(self).incarnation = incarnation;
        tell(self);
      }
      return;
    }
    Fact fact = facts.get(member);
    boolean newer =
        fact.state != DEAD
            && (state == DEAD
                || told > fact.incarnation
                || (told == fact.incarnation && state > fact.state));
    if (!newer) {
      return;
    }
    fact.state = state;
    fact.incarnation = told;
    tell(member);
    if (state == SUSPECT) {
      transport.scheduler().schedule(limits.suspicionNanos(), () -> bury(member, told));
    } else if (state == DEAD) {
      whenDead.accept(member);
    }
  }

  private void bury(int member, int suspectedAt) {
    Fact fact = facts.get(member);
    if (fact.state == SUSPECT && fact.incarnation == suspectedAt) {
      learn(member, DEAD, suspectedAt);
    }
  }

  private void tell(int member) {
    facts.get(member).tellings = tellingsMax;
    fresh.add(member);
  }

  private void send(int to, byte kind, int number, int about) {
    var telling = new ArrayList<Integer>();
    for (int member : fresh) {
      if (telling.size() < FACTS_PER_MESSAGE) {
        telling.add(member);
      }
    }
    var out = ByteBuffer.allocate(HEADER_BYTES + telling.size() * FACT_BYTES);
    out.put(kind).putInt(self).putInt(number).putInt(about);
    for (int member : telling) {
      Fact fact = facts.get(member);
      out.putInt(member).put(fact.state).putInt(fact.incarnation);
      if (--fact.tellings == 0) {
        fresh.remove(member);
      }
    }
    Road road = roads.get(to);
    if (road == null || road.closed) {
      road = new Road();
      roads.put(to, road);
      transport.connect(name(to) + ":1", road);
    }
    road.send(out.array());
  }
}
