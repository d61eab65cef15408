package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/**
 * One attempt to become an arc's daddy: collects promises, with the registers and the configuration
 * that each member knows, until they make a quorum of the newest configuration among them.
 *
 * @see <a href="https://arxiv.org/abs/1802.07000">Rystsov 2018, CASPaxos, section 2.2; and Lamport,
 *     Malkhi, Zhou, "Vertical Paxos", 2009</a>
 */
final class Takeover {
  private final Map<Id, String> asking = new LinkedHashMap<>();
  private final Map<Voter, List<Head>> told = new LinkedHashMap<>();
  private final List<Voter> heard = new ArrayList<>();
  private Configuration configuration;

  /** Nodes that have promised, and that may not because of leases, with the ballots of these. */
  private final Set<Id> promising = new TreeSet<>();

  private final Map<Id, Ballot> bound = new TreeMap<>();

  /** Nodes that keep another store than the member did. */
  private final Set<Id> strangers = new TreeSet<>();

  private long floor;

  /** Whether somebody did not know the newest configuration. */
  private boolean unknown;

  /**
   * What is known of a key.
   *
   * @param head the newest register met
   * @param holders those that hold it, accepted under the same ballot
   */
  record Known(Head head, List<Voter> holders) {}

  /** Begins with the newest configuration that this node has met. */
  Takeover(Configuration configuration) {
    this.configuration = configuration;
  }

  /** The newest configuration that was met. */
  Configuration configuration() {
    return configuration;
  }

  /** The nodes to ask now, which then count as being asked. */
  List<Id> toAsk() {
    var now = new ArrayList<Id>();
    for (Voter voter : configuration.voters()) {
      if (!heard.contains(voter)
          && !strangers.contains(voter.node())
          && asking.putIfAbsent(voter.node(), "") == null) {
        now.add(voter.node());
      }
    }
    // Who led need be no member any more.
    for (Ballot by : bound.values()) {
      Id daddy = by.daddy();
      if (!promising.contains(daddy) && asking.putIfAbsent(daddy, "") == null) {
        now.add(daddy);
      }
    }
    return now;
  }

  /** After which key to go on asking a node. */
  String after(Id node) {
    return asking.getOrDefault(node, "");
  }

  /** A member told which configuration is the newest that it has met. */
  void met(@Nullable Configuration other) {
    unknown |= !configuration.equals(other);
    if (other != null && other.compareTo(configuration) > 0) {
      strangers.clear();
    }
    configuration = Objects.requireNonNull(Configuration.newer(configuration, other));
  }

  /** Whether all that were heard knew the newest configuration, and so a quorum has it. */
  boolean isKnown() {
    return !unknown;
  }

  /**
   * A node may not promise while the daddy of another ballot holds a lease of it.
   *
   * @return whether that daddy has promised, so that the node can be asked again at once
   */
  boolean isBound(Id node, Ballot by) {
    asking.remove(node);
    boolean again = relief(node) == null && promising.contains(by.daddy());
    bound.put(node, by);
    return again;
  }

  /** Somebody told up to which version tombstones may have been collected. */
  void raises(long known) {
    floor = Math.max(floor, known);
  }

  /** The highest such version: what no member told of may have been deleted up to it. */
  long floor() {
    return floor;
  }

  /** A node has promised: it holds no lease in this arc any more. */
  void promises(Id node) {
    promising.add(node);
  }

  /** The ballot whose lease binds a node, if its daddy has promised; null if not, or if none. */
  @Nullable Ballot relief(Id node) {
    Ballot by = bound.get(node);
    return by != null && promising.contains(by.daddy()) ? by : null;
  }

  /** A member promised and told of these registers; whether that was all that it holds. */
  void heard(Voter voter, List<Head> heads, boolean more) {
    if (!configuration.has(voter)) {
      asking.remove(voter.node());
      strangers.add(voter.node());
      return;
    }
    told.computeIfAbsent(voter, unused -> new ArrayList<>()).addAll(heads);
    if (more) {
      asking.put(voter.node(), heads.get(heads.size() - 1).key());
    } else if (!heard.contains(voter)) {
      asking.remove(voter.node());
      heard.add(voter);
    }
  }

  /**
   * What the members of the newest configuration hold, by full key. What one holds of a generation
   * before was given up: it may not have been told yet.
   */
  Map<String, Known> known() {
    long generation = Versions.generationOf(configuration.round());
    var known = new TreeMap<String, Known>();
    told.forEach(
        (voter, heads) -> {
          if (configuration.has(voter)) {
            heads.stream()
                .filter(head -> Versions.generationOf(head.accepted()) >= generation)
                .forEach(head -> learn(known, voter, head));
          }
        });
    return known;
  }

  private static void learn(Map<String, Known> known, Voter voter, Head head) {
    Known old = known.get(head.key());
    int order = old == null ? 1 : compare(head, old.head());
    if (order > 0) {
      var holders = new ArrayList<Voter>();
      holders.add(voter);
      known.put(head.key(), new Known(head, holders));
    } else if (old != null && order == 0 && !old.holders().contains(voter)) {
      old.holders().add(voter);
    }
  }

  /**
   * Of two registers of a key the one of the newer ballot is newer, and under one ballot the one of
   * the higher version. The version alone tells nothing: what was written back keeps its version.
   */
  private static int compare(Head one, Head other) {
    int byBallot = Long.compare(one.accepted(), other.accepted());
    return byBallot != 0 ? byBallot : Long.compare(one.version(), other.version());
  }

  /** A node did not answer; {@link #toAsk} will name it again. */
  void silent(Id node) {
    asking.remove(node);
  }

  /** Whether so many answer, as far as this node knows, that it can be completed. */
  boolean isHopeful(Voter self, Outbox out) {
    var answering = new ArrayList<>(configuration.voters());
    answering.removeIf(
        voter ->
            !voter.equals(self)
                && (!out.answers(voter.node()) || strangers.contains(voter.node())));
    return configuration.isQuorum(answering);
  }

  /** Whether enough is known, what this node holds among it. */
  boolean isComplete(Voter self) {
    return configuration.isQuorum(heard) && (heard.contains(self) || !configuration.has(self));
  }

  /** The members that have not answered, for people to read. */
  String missing() {
    return names(false);
  }

  /** The members whose nodes keep other stores now, for people to read. */
  String replaced() {
    return names(true);
  }

  private String names(boolean isReplaced) {
    var names = new ArrayList<String>();
    for (Voter voter : configuration.voters()) {
      if (!heard.contains(voter) && strangers.contains(voter.node()) == isReplaced) {
        names.add(voter.node().shortString());
      }
    }
    return String.join(", ", names);
  }
}
