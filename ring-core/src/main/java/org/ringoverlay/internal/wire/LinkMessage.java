package org.ringoverlay.internal.wire;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberState;

/**
 * A message between two connected nodes. JSON with a field {@code type}.
 *
 * <p>What must be there is checked when a message is made, so that one from the wire that lacks it
 * is malformed and goes no further. What the facts in it say is checked where they are merged; a
 * greeting is judged, and answered, by the handshake.
 */
public sealed interface LinkMessage {
  /** The types that this node knows. */
  Set<String> TYPES =
      Arrays.stream(LinkMessage.class.getPermittedSubclasses())
          .map(Class::getSimpleName)
          .map(name -> name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1))
          .collect(Collectors.toUnmodifiableSet());

  /** Characters of a ring's identity at most. */
  int IDENTITY_CHARS_MAX = 64;

  /**
   * Facts in one message at most. Senders stay below; a list of all that a frame has room for would
   * hold the loop for longer than a heartbeat.
   */
  int FACTS_MAX = 1_024;

  /** The facts of this message of which nobody hears: this node knows no such state. */
  default long factsLeftOut() {
    return 0;
  }

  private static void checkFacts(@Nullable List<Entry> facts, String name) {
    Objects.requireNonNull(facts, name);
    if (facts.size() > FACTS_MAX) {
      throw new IllegalArgumentException(facts.size() + " facts in one message");
    }
  }

  private static long leftOut(List<Entry> entries) {
    return entries.stream().filter(entry -> entry == null || entry.state() == null).count();
  }

  private static long leftOutInShort(@Nullable List<Seen> facts) {
    return facts == null
        ? 0
        : facts.stream().filter(fact -> fact == null || fact.state() == null).count();
  }

  /**
   * The first message of the node that connected.
   *
   * @param protocolMin the lowest version of this protocol that it speaks, and {@code protocolMax}
   *     the highest
   * @param ring its ring's name
   * @param ringIdentity empty while it has not joined
   * @param card its card
   * @param frameMax the longest frame that it takes, in bytes; absent if it does not say so
   */
  record Hello(
      int protocolMin,
      int protocolMax,
      @Nullable List<String> features,
      String ring,
      String ringIdentity,
      Json card,
      @Nullable Long frameMax)
      implements LinkMessage {}

  /** The first message of the node that was connected to, when it agrees. */
  record Welcome(
      int protocol,
      @Nullable List<String> features,
      String ring,
      String ringIdentity,
      Json card,
      @Nullable Long frameMax)
      implements LinkMessage {}

  /**
   * The last message before a node closes a connection on purpose.
   *
   * @param rival what another process said that has the receiver's ID and is connected to the
   *     sender; absent if that is not the reason
   */
  record Reject(Json error, @Nullable Json rival) implements LinkMessage {
    /** Checks that what must be there is. */
    public Reject {
      Objects.requireNonNull(error, "error");
    }
  }

  /**
   * Nobody used this connection for a while: its sender sends nothing on it any more, and whoever
   * gets this closes it.
   */
  record Idle() implements LinkMessage {}

  /** A newcomer asks a seed to be let in. */
  record Join(Entry self) implements LinkMessage {
    /** Checks that what must be there is. */
    public Join {
      Objects.requireNonNull(self, "self");
    }
  }

  /**
   * The seed lets it in.
   *
   * @param arcBits how finely the ring's circle is cut
   * @param entries the members, or in a large ring some from which the newcomer finds its place;
   *     what does not fit follows as {@link Lacking}
   * @param scale whether the ring is small or large, as in {@link Scale}; absent for 0
   */
  record Joined(String ringIdentity, int arcBits, List<Entry> entries, @Nullable Long scale)
      implements LinkMessage {
    /** Checks that what must be there is. */
    public Joined {
      Objects.requireNonNull(ringIdentity, "ringIdentity");
      checkFacts(entries, "entries");
      if (ringIdentity.isEmpty() || ringIdentity.length() > IDENTITY_CHARS_MAX) {
        throw new IllegalArgumentException("a ring's identity is 1–64 characters");
      }
      Arcs.of(arcBits);
    }

    @Override
    public long factsLeftOut() {
      return leftOut(entries);
    }
  }

  /** The seed has not joined itself. */
  record NotReady(String why) implements LinkMessage {}

  /**
   * A node asks a neighbour to take it into its table and to name what the node lacks around it.
   *
   * @param knows a fingerprint of each fact that it has about its neighbours, eight hexadecimal
   *     digits each
   * @param taken which slots of its prefix table are taken, a number for each row whose bits are
   *     the digits; absent if it wants none of these
   */
  record Settle(long round, Entry self, @Nullable String knows, @Nullable List<Integer> taken)
      implements LinkMessage {
    /** Checks that what must be there is. */
    public Settle {
      Objects.requireNonNull(self, "self");
    }
  }

  /**
   * The neighbour knows the node now; these are facts around it that the node did not name.
   *
   * @param size how many members the neighbour thinks there are; absent if it does not say
   * @param covered where the neighbour knows every member, of whom it has named all that are
   *     nearest to the node; absent if the node is far away
   */
  record Settled(long round, List<Entry> around, @Nullable Long size, @Nullable Stretch covered)
      implements LinkMessage {
    /** Checks that what must be there is. */
    public Settled {
      checkFacts(around, "around");
    }

    @Override
    public long factsLeftOut() {
      return leftOut(around);
    }
  }

  /** Are you there? */
  record Ping(long number, long digest) implements LinkMessage {}

  /** I am. */
  record Pong(long number, long digest) implements LinkMessage {}

  /**
   * Is that node there? I cannot hear it.
   *
   * @param refused whether nobody listened at its address; absent if not
   */
  record Probe(Id node, @Nullable Boolean refused) implements LinkMessage {
    /** Checks that what must be there is. */
    public Probe {
      Objects.requireNonNull(node, "node");
    }
  }

  /**
   * It is; or nobody listens at its address.
   *
   * @param refused whether nobody listens
   */
  record Probed(Id node, boolean refused) implements LinkMessage {
    /** Checks that what must be there is. */
    public Probed {
      Objects.requireNonNull(node, "node");
    }
  }

  /**
   * A neighbour's sign of life, once each interval.
   *
   * @param digest of the sender's table; 0 if it does not hold all members
   * @param facts what changed in its table since its last beats, in short; absent for nothing
   * @param scale whether the ring is small or large, as in {@link Scale}; absent for 0
   */
  record Beat(long digest, @Nullable List<Seen> facts, @Nullable Long scale)
      implements LinkMessage {
    @Override
    public long factsLeftOut() {
      return leftOutInShort(facts);
    }
  }

  /**
   * Whether the ring is small (even) or large (odd). The highest number is true.
   *
   * @param number counts the changes between the two
   */
  record Scale(long number) implements LinkMessage {}

  /**
   * Facts that the receiver may not know.
   *
   * @param row the receiver spreads them among the members that share so many digits with it;
   *     absent if they are for the receiver alone
   */
  record News(List<Entry> entries, @Nullable Integer row) implements LinkMessage {
    /** Checks that what must be there is. */
    public News {
      checkFacts(entries, "entries");
    }

    @Override
    public long factsLeftOut() {
      return leftOut(entries);
    }
  }

  /** A digest of the sender's facts for each sixty-fourth of the circle. */
  record Sums(List<Long> sums) implements LinkMessage {
    /** Checks that what must be there is. */
    public Sums {
      Objects.requireNonNull(sums, "sums");
    }
  }

  /**
   * All that the sender knows in some parts of the circle, in short: the receiver answers with what
   * differs.
   *
   * @param parts which sixty-fourths
   */
  record Have(List<Integer> parts, List<Seen> seen) implements LinkMessage {
    /** Checks that what must be there is. */
    public Have {
      Objects.requireNonNull(parts, "parts");
      Objects.requireNonNull(seen, "seen");
    }

    @Override
    public long factsLeftOut() {
      return leftOutInShort(seen);
    }
  }

  /** Facts that a comparison of two tables brought up: the receiver lacks them. */
  record Lacking(List<Entry> entries) implements LinkMessage {
    /** Checks that what must be there is. */
    public Lacking {
      checkFacts(entries, "entries");
    }

    @Override
    public long factsLeftOut() {
      return leftOut(entries);
    }
  }

  /** The receiver is asked for its facts about these members. */
  record Want(List<Id> ids) implements LinkMessage {
    /** Checks that what must be there is. */
    public Want {
      Objects.requireNonNull(ids, "ids");
    }
  }

  /** The receiver sent a frame of a kind or type that the sender does not know; it was left out. */
  record NotUnderstood(String what) implements LinkMessage {
    /** Checks that what must be there is. */
    public NotUnderstood {
      Objects.requireNonNull(what, "what");
    }
  }

  /** One fact in short; not a message of its own. What {@link Entry} says of null holds here. */
  record Seen(
      Id id,
      long incarnation,
      long version,
      @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL) MemberState state) {}

  /**
   * A stretch of the circle, from a point, included, to a point, excluded; all of it if they are
   * equal. Not a message of its own.
   */
  record Stretch(Id from, Id to) {}
}
