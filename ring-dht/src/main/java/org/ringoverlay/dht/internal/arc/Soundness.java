package org.ringoverlay.dht.internal.arc;

import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Finding;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Range;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Span;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;

/**
 * What the messages between daddies and copies may hold, requests and replies alike, so that
 * nothing that no sound node can have sent comes past the wire's edge.
 *
 * <p>A daddy only sends registers of rounds up to its own, and a node keeps nothing of an older
 * ballot than it promised. So who grants a ballot holds no version of a later round.
 */
final class Soundness {
  /** Far from the end, so that no change of members is the last. */
  private static final long EPOCH_MAX = 1L << 53;

  /** Of what others tell, so that changes are left whatever they tell. */
  private static final long EPOCH_HEARD_MAX = 1L << 52;

  private Soundness() {}

  /**
   * Checks a request.
   *
   * @param shelf what this node holds lies where it is held
   * @throws RingException.InvalidInput if a sound node cannot have sent it
   */
  static void check(Arcs arcs, Shelf shelf, CopyRequest request, Id origin) {
    if (request instanceof CopyRequest.Accept accept) {
      checkBallot(arcs, accept.arc(), accept.ballot(), origin);
      checkConfiguration(accept.configuration(), accept.ballot().round());
      if (accept.epoch() < 0 || accept.epoch() > EPOCH_HEARD_MAX) {
        throw new RingException.InvalidInput("An epoch is no number that counts steps.");
      }
      for (Entry entry : accept.entries()) {
        checkEntry(entry, accept.ballot().round());
        // Where a key lies takes longer to find out than all the rest.
        if (shelf.register(accept.arc(), entry.key()) == null) {
          checkPlace(arcs, accept.arc(), entry);
        }
      }
    } else if (request instanceof CopyRequest.Check check) {
      checkBallot(arcs, check.arc(), check.ballot(), origin);
    } else if (request instanceof CopyRequest.Prepare prepare) {
      checkBallot(arcs, prepare.arc(), prepare.ballot(), origin);
    } else if (request instanceof CopyRequest.Fetch fetch) {
      checkArc(arcs, fetch.arc());
    } else if (request instanceof CopyRequest.Locate locate) {
      locate.arcs().forEach(arc -> checkArc(arcs, arc));
    } else if (request instanceof CopyRequest.Met met) {
      checkArc(arcs, met.arc());
      checkMet(met.configuration());
    } else if (request instanceof CopyRequest.Forget forget) {
      checkBallot(arcs, forget.arc(), forget.ballot(), origin);
      checkFloor(forget.floor(), forget.ballot().round());
    } else if (request instanceof CopyRequest.Floor floor) {
      checkBallot(arcs, floor.arc(), floor.ballot(), origin);
      checkFloor(floor.version(), floor.ballot().round());
      if (floor.step() == null
          || floor.version() == 0
          || floor.epoch() < 0
          || floor.epoch() > EPOCH_HEARD_MAX) {
        throw new RingException.InvalidInput("A step towards a floor names both.");
      }
    } else if (request instanceof CopyRequest.Compare compare) {
      checkRanges(arcs, compare.ranges());
    } else if (request instanceof CopyRequest.Inspect inspect) {
      int some = Span.set(inspect.arcs(), arcs.count()).cardinality();
      if (some == 0 || some > CopyRequest.Inspect.ARCS_MAX) {
        throw new RingException.InvalidInput(
            "An inspection is of 1 to " + CopyRequest.Inspect.ARCS_MAX + " arcs, in order.");
      }
    } else if (request instanceof CopyRequest.InspectKeys inspect) {
      checkArc(arcs, inspect.arc());
      if (inspect.keys().size() > CopyRequest.InspectKeys.KEYS_MAX) {
        throw new RingException.InvalidInput(
            "An inspection names up to " + CopyRequest.InspectKeys.KEYS_MAX + " keys.");
      }
    }
  }

  /** Checks a configuration that another node tells of. */
  private static void checkMet(@Nullable Configuration configuration) {
    checkConfiguration(configuration, Versions.ROUND_LIMIT);
    if (configuration == null || configuration.epoch() > EPOCH_HEARD_MAX) {
      throw new RingException.InvalidInput("The message tells of no configuration of an arc.");
    }
  }

  private static void checkRanges(Arcs arcs, List<Range> ranges) {
    if (ranges.isEmpty() || ranges.size() > Reconciliation.RANGES_MAX) {
      throw new RingException.InvalidInput(
          "A comparison is of 1 to " + Reconciliation.RANGES_MAX + " ranges.");
    }
    for (Range range : ranges) {
      int some = Span.set(range.arcs(), arcs.count()).cardinality();
      int bits = range.bits();
      if (some == 0
          || bits < 0
          || bits > Reconciliation.BITS_MAX
          || bits % Reconciliation.PART_BITS != 0
          || (bits > 0 && some > 1)
          || range.prefix() < 0
          || range.prefix() >>> bits != 0) {
        throw new RingException.InvalidInput("The message names no range of registers.");
      }
    }
  }

  /** Whether findings are such that their ranges can be gone on with. */
  private static void checkFindings(
      Arcs arcs, CopyRequest.Compare compare, CopyReply.Compared compared) {
    checkAsked(compared.findings().size() <= compare.ranges().size());
    for (int at = 0; at < compared.findings().size(); at++) {
      Range range = compare.ranges().get(at);
      int some = Span.set(range.arcs(), arcs.count()).cardinality();
      Finding finding = compared.findings().get(at);
      if (finding instanceof Finding.Parts parts) {
        checkAsked(
            parts.fingerprints().size() == Reconciliation.parts(some)
                && range.bits() < Reconciliation.BITS_MAX);
      } else if (finding instanceof Finding.Held held) {
        checkAsked(some == 1 && held.heads().size() <= Reconciliation.HELD_MAX);
        for (Head head : held.heads()) {
          checkHead(arcs, Reconciliation.firstArc(range), head, Versions.ROUND_LIMIT);
        }
      }
    }
  }

  /**
   * Checks the reply to a request of this node.
   *
   * @throws RingException.InvalidInput if a sound node cannot have sent it
   */
  static void checkReply(Arcs arcs, CopyRequest request, Object reply) {
    if (request instanceof CopyRequest.Prepare prepare
        && reply instanceof CopyReply.Promise promise) {
      checkPromised(promise.promised());
      checkConfiguration(promise.configuration(), Versions.ROUND_LIMIT);
      checkFloor(promise.floor(), prepare.ballot().round());
      checkAsked(
          promise.configuration() == null || promise.configuration().epoch() <= EPOCH_HEARD_MAX);
      String after = prepare.after();
      for (Head head : promise.heads()) {
        checkHead(arcs, prepare.arc(), head, prepare.ballot().round());
        if (head.key().compareTo(after) <= 0) {
          throw new RingException.InvalidInput("The registers are not in the order of their keys.");
        }
        after = head.key();
      }
    } else if (reply instanceof CopyReply.Accepted accepted) {
      checkPromised(accepted.standing());
    } else if (reply instanceof CopyReply.Floored floored) {
      checkPromised(floored.standing());
    } else if (request instanceof CopyRequest.Fetch fetch
        && reply instanceof CopyReply.Fetched fetched) {
      List<String> keys = fetch.keys();
      for (Entry entry : fetched.entries()) {
        // A newer daddy may have been there since this one heard the head.
        checkEntry(entry, Versions.ROUND_LIMIT);
        checkPlace(arcs, fetch.arc(), entry);
        checkAsked(keys.contains(entry.key()));
      }
    } else if (request instanceof CopyRequest.Locate locate
        && reply instanceof CopyReply.Located located) {
      for (CopyReply.Placed placed : located.placed()) {
        checkAsked(locate.arcs().contains(placed.arc()));
        checkMet(placed.configuration());
      }
    } else if (request instanceof CopyRequest.Met met
        && reply instanceof CopyReply.Located located) {
      for (CopyReply.Placed placed : located.placed()) {
        checkAsked(placed.arc() == met.arc());
        checkMet(placed.configuration());
      }
    } else if (request instanceof CopyRequest.Compare compare
        && reply instanceof CopyReply.Compared compared) {
      checkFindings(arcs, compare, compared);
    }
  }

  static void checkConfiguration(@Nullable Configuration configuration, long roundMax) {
    if (configuration != null
        && (configuration.epoch() < 1
            || configuration.epoch() > EPOCH_MAX
            || configuration.round() < 0
            || configuration.round() > roundMax
            || !areMembers(configuration.members(), 1)
            || !areMembers(configuration.next(), 0))) {
      throw new RingException.InvalidInput("The message holds what is no configuration of an arc.");
    }
  }

  private static boolean areMembers(List<Voter> voters, int countMin) {
    return voters.size() >= countMin
        && voters.size() <= Configuration.MEMBERS_MAX
        && new TreeSet<>(voters).size() == voters.size();
  }

  static void checkArc(Arcs arcs, int arc) {
    if (arc < 0 || arc >= arcs.count()) {
      throw new RingException.InvalidInput("There is no arc " + arc + " in this ring.");
    }
  }

  private static void checkBallot(Arcs arcs, int arc, Ballot ballot, Id origin) {
    checkArc(arcs, arc);
    if (!origin.equals(ballot.daddy())
        || ballot.round() < 1
        || ballot.round() > Versions.ROUND_LIMIT) {
      throw new RingException.InvalidInput("The ballot is not one that its sender can hold.");
    }
  }

  /** A floor is a version that a daddy could have made, or the one below all of its own. */
  private static void checkFloor(long floor, long roundMax) {
    if (floor != 0 && !isVersion(floor, roundMax)) {
      throw new RingException.InvalidInput("The message tells of no floor that there can be.");
    }
  }

  private static void checkPromised(Ballot promised) {
    if (promised.round() < 0 || promised.round() > Versions.ROUND_LIMIT) {
      throw new RingException.InvalidInput("The promised ballot is none that there can be.");
    }
  }

  private static void checkAsked(boolean asked) {
    if (!asked) {
      throw new RingException.InvalidInput("The reply tells of a register that was not asked for.");
    }
  }

  private static void checkHead(Arcs arcs, int arc, Head head, long roundMax) {
    if (head.key() == null
        || !isVersion(head.version(), roundMax)
        || head.accepted() < 0
        || head.accepted() > roundMax
        || arcs.indexOf(Keys.idOfFull(head.key())) != arc) {
      throw noRegister();
    }
  }

  private static void checkEntry(Entry entry, long roundMax) {
    if (entry.key() == null
        || entry.value() == null
        || !isVersion(entry.version(), roundMax)
        || entry.age() < 0
        || entry.age() > entry.version()
        || entry.ttlMillis() < 0
        || entry.ttlMillis() > Request.Put.TTL_MILLIS_MAX
        || entry.forgotten() < 0
        || entry.forgotten() > entry.version()
        || entry.base() < Entry.WHOLE
        || entry.operations().size() > OperationWindow.OPERATIONS_MAX
        || !areOf(entry, entry.operations())) {
      throw noRegister();
    }
  }

  private static void checkPlace(Arcs arcs, int arc, Entry entry) {
    if (arcs.indexOf(Keys.idOfFull(entry.key())) != arc) {
      throw noRegister();
    }
  }

  /** Whether each came after the one before it, and a step's after all that its base has seen. */
  private static boolean areOf(Entry entry, List<Operation> operations) {
    long newest = Math.max(0, entry.base());
    for (Operation operation : operations) {
      if (!isOf(entry, operation) || operation.version() <= newest) {
        return false;
      }
      newest = operation.version();
    }
    return true;
  }

  private static RingException noRegister() {
    return new RingException.InvalidInput("The message holds what is no register of its arc.");
  }

  private static boolean isVersion(long version, long roundMax) {
    return version >= 1 && version <= Versions.MAX && Versions.round(version) <= roundMax;
  }

  private static boolean isOf(Entry entry, Operation operation) {
    return operation.id() != null
        && OperationWindow.isId(operation.id())
        && operation.version() >= 1
        && operation.version() <= entry.version()
        && operation.found() >= 0
        && operation.found() < operation.version();
  }
}
