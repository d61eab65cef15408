package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.RingView;

/**
 * The arcs that a node leads, or should: begins to lead those of which it is the member that should
 * be the daddy, tells leaders who is to keep their arcs, and asks the neighbours which stores they
 * keep. A few arcs in each turn of the loop.
 *
 * <p>On the loop. Bounded by the settings of {@link DhtSettings}.
 */
final class Leaders {
  private final Ring ring;
  private final Settings settings;
  private final Limits limits;
  private final Shelf shelf;
  private final CopyPost post;
  private final Upkeep upkeep;
  private final Leases leases;
  private final Charters charters;
  private final Stores stores = new Stores();
  private final ValueBudget keptForWatchers;
  private final ByArc<ArcLeader> leaders = new ByArc<>();

  private final Greetings greetings;
  private final Homecoming homecoming;
  private final Vacancies vacancies;
  private final Placing placing;

  /** Whether this node was in the ring once, so that its shelf knows of which it is. */
  private boolean entered;

  /** Whether this node came back with what it kept, and that is not long ago. */
  private boolean returning;

  private @Nullable Neighbourhood neighbourhood;

  Leaders(
      Ring ring,
      Limits limits,
      Shelf shelf,
      CopyPost post,
      Upkeep upkeep,
      Leases leases,
      Charters charters) {
    this.ring = ring;
    this.settings = ring.settings();
    this.limits = limits;
    this.shelf = shelf;
    this.post = post;
    this.upkeep = upkeep;
    this.leases = leases;
    this.charters = charters;
    shelf.whenGivenUp(arc -> ring.scheduler().execute(() -> promised(arc, shelf.promised(arc))));
    charters.whenChanged(this::placeAll);
    this.keptForWatchers = new ValueBudget(settings.get(DhtSettings.WATCH_KEPT));
    this.greetings = new Greetings(post, stores, this::around, this::placeAll);
    this.homecoming = new Homecoming(post, upkeep, ring.scheduler());
    this.placing = new Placing(ring.scheduler(), new Placed());
    this.vacancies = new Vacancies(new Heir(), upkeep, ring.scheduler(), settings);
  }

  /** Whether this node has a voice, or has just come back. */
  Homecoming homecoming() {
    return homecoming;
  }

  /** The arcs into which the circle is cut. */
  Arcs arcs() {
    return ring.view().arcs();
  }

  /** Whether this node leads an arc, or is about to. */
  boolean has(int arc) {
    return leaders.has(arc);
  }

  /** The leader of an arc; begins to take the arc over if there is none yet. */
  ArcLeader leader(int arc, long nowNanos) {
    ArcLeader present = leaders.get(arc);
    if (present != null) {
      return present;
    }
    int preparing = upkeep.preparing();
    if (preparing >= settings.get(DhtSettings.TAKEOVERS_MAX)) {
      throw new RingException.Refused(
          preparing + " arcs are being taken over already (ring.dht.takeovers.max).");
    }
    if (!homecoming.isOver()) {
      throw new RingException.Refused("This node has come back, and does not lead yet.");
    }
    return lead(arc, nowNanos);
  }

  private ArcLeader lead(int arc, long nowNanos) {
    vacancies.remove(arc);
    var outbox =
        new LeaderPost(
            ring,
            shelf,
            post,
            upkeep,
            leases,
            vacancies::takeOverSoon,
            charters,
            keptForWatchers,
            ended -> leaders.remove(ended.arc(), ended));
    var leader = new ArcLeader(arc, limits, shelf, stores, outbox, place(arc));
    outbox.serve(leader);
    leaders.put(arc, leader);
    leader.start(nowNanos);
    return leader;
  }

  private Place place(int arc) {
    ArcLeader leader = leaders.get(arc);
    Configuration configuration = leader == null ? null : leader.configuration();
    if (configuration == null) {
      configuration = shelf.configuration(arc);
    }
    List<Voter> members = configuration == null ? List.of() : configuration.voters();
    if (leader != null && !leader.concerned().isEmpty()) {
      members = leader.concerned();
    }
    return around().place(arc, members, wanted(configuration), ring.clock().nanos());
  }

  private int wanted(@Nullable Configuration configuration) {
    return charters.wanted(configuration == null ? 0 : lasting(configuration).size());
  }

  /** The members that a configuration has, or will have when it has changed. */
  private static List<Voter> lasting(Configuration configuration) {
    return configuration.joint() ? configuration.next() : configuration.members();
  }

  /** The nodes that are members of arcs that this node leads. */
  Set<Id> members() {
    var members = new TreeSet<Id>();
    for (int arc : leaders.arcs()) {
      ArcLeader leader = leaders.get(arc);
      Configuration configuration = leader == null ? null : leader.configuration();
      if (configuration != null) {
        configuration.voters().forEach(voter -> members.add(voter.node()));
      }
    }
    return members;
  }

  /** How many arcs this node leads, and of how many the members are fewer or more than wanted. */
  Request.Tallied tally() {
    int led = 0;
    int below = 0;
    int above = 0;
    for (int arc : leaders.arcs()) {
      ArcLeader leader = leaders.get(arc);
      Configuration configuration = leader == null ? null : leader.configuration();
      if (configuration != null) {
        int members = configuration.members().size();
        led++;
        below += members < wanted(configuration) ? 1 : 0;
        above += members > wanted(configuration) ? 1 : 0;
      }
    }
    return new Request.Tallied(led, below, above);
  }

  // ---- what other nodes say

  /** Whatever is asked of this node's shelf comes after the node is in a ring. */
  void enter() {
    if (!entered) {
      refresh();
    }
    if (!entered) {
      throw new RingException.Unavailable("This node is in no ring yet.");
    }
  }

  /**
   * This node's shelf has promised a ballot: whoever leads here, or would, under another one is
   * told.
   */
  void promised(int arc, Ballot ballot) {
    ArcLeader leader = leaders.get(arc);
    if (leader != null
        && ballot.round() >= leader.ballot().round()
        && !ballot.equals(leader.ballot())) {
      leader.outranked(ballot, ring.clock().nanos());
    }
  }

  /** This node has heard of a configuration of an arc. */
  void configured(int arc) {
    if (shouldLead(arc)) {
      vacancies.add(arc);
    }
  }

  /** A member is about to leave. */
  void leaves(Id node) {
    refresh();
    if (around().leaves(node)) {
      placeAll();
    }
  }

  /** This node is about to stop, or to leave, and lets others lead. */
  void rests() {
    rests(ring.id());
  }

  /** A member is about to stop, or to leave, and lets others lead. */
  void rests(Id node) {
    refresh();
    if (around().rests(node)) {
      placeAll();
    }
  }

  /**
   * How many arcs this node leads that another member could.
   *
   * @param heirs takes those members
   */
  int toHandOver(Set<Id> heirs) {
    int[] count = {0};
    leaders.forEach(
        (arc, leader) -> {
          boolean any = false;
          Configuration configuration = shelf.configuration(arc);
          for (Voter voter : configuration == null ? List.<Voter>of() : lasting(configuration)) {
            if (!voter.node().equals(ring.id())
                && around().canLead(voter.node())
                && !stores.isReplaced(voter)) {
              any = true;
              heirs.add(voter.node());
            }
          }
          count[0] += any ? 1 : 0;
        });
    return count[0];
  }

  /**
   * The members of an arc in the order in which to ask them: first the one that leads as far as
   * this node has promised, if it can, and then as they should lead. A node that has come back with
   * what it kept does not know whether it was replaced meanwhile, and asks the others first.
   */
  List<Id> preferred(int arc, Configuration configuration) {
    List<Id> nodes = ordered(arc, configuration);
    Id holder = holder(arc, configuration);
    if (returning && (holder == null || holder.equals(ring.id()))) {
      if (nodes.remove(ring.id())) {
        int able = 0;
        while (able < nodes.size() && around().canLead(nodes.get(able))) {
          able++;
        }
        nodes.add(able, ring.id());
      }
    } else if (holder != null && nodes.remove(holder)) {
      nodes.add(0, holder);
    }
    return nodes;
  }

  /**
   * In which order the members should lead: whoever lost the store that it had a voice for, last.
   */
  private List<Id> ordered(int arc, Configuration configuration) {
    List<Id> nodes = refresh().preferred(arc, configuration);
    for (Voter voter : configuration.voters()) {
      boolean isSelf = voter.node().equals(ring.id());
      if (isSelf ? !configuration.has(shelf.self()) : stores.isReplaced(voter)) {
        nodes.remove(voter.node());
        nodes.add(voter.node());
      }
    }
    return nodes;
  }

  /** Which member should lead an arc, null if none can be reached. */
  private @Nullable Id daddy(int arc, Configuration configuration) {
    List<Id> nodes = ordered(arc, configuration);
    return nodes.isEmpty() || !around().isThere(nodes.get(0)) ? null : nodes.get(0);
  }

  /** Whether another member, that can, leads an arc as far as this node has promised. */
  boolean isLedByAnother(int arc, Configuration configuration) {
    Id holder = holder(arc, configuration);
    return holder != null && !holder.equals(ring.id());
  }

  /** Whose ballot this node has promised, if that is a member and can lead; null if not. */
  private @Nullable Id holder(int arc, Configuration configuration) {
    Id daddy = shelf.promised(arc).daddy();
    if (!around().canLead(daddy)) {
      return null;
    }
    for (Voter voter : configuration.voters()) {
      if (voter.node().equals(daddy) && !stores.isReplaced(voter)) {
        return daddy;
      }
    }
    return null;
  }

  /** The configuration in which this node has a voice, as far as it knows; null if it has none. */
  @Nullable Configuration voiced(int arc) {
    Configuration configuration = shelf.configuration(arc);
    return configuration != null && configuration.has(shelf.self()) && homecoming.isOver()
        ? configuration
        : null;
  }

  /** Whether this node is the member that should be the daddy of an arc, and is not. */
  boolean shouldLead(int arc) {
    Configuration configuration = voiced(arc);
    if (configuration == null || leaders.has(arc)) {
      return false;
    }
    boolean idle =
        around().isAlone()
            && configuration.voters().equals(List.of(shelf.self()))
            && !shelf.expires(arc);
    return !idle
        && ring.id().equals(daddy(arc, configuration))
        && !(returning && mayOthersLead(configuration))
        && mayDecide(configuration);
  }

  /**
   * The configuration under which this node leads an arc if that is decided, else null. It may be
   * known under an older round here: who takes an arc over from a quorum that knows its
   * configuration does not propose that again.
   */
  @Nullable Configuration decided(int arc) {
    ArcLeader leader = leaders.get(arc);
    return leader == null ? null : leader.decided();
  }

  /** With whom this node shares which of the arcs that it leads. */
  Map<Voter, BitSet> shared() {
    var shared = new TreeMap<Voter, BitSet>();
    leaders.forEach(
        (arc, leader) -> {
          Configuration members = leader.compared();
          for (Voter voter : members == null ? List.<Voter>of() : members.members()) {
            if (!voter.equals(shelf.self())
                && around().answers(voter.node())
                && !stores.isReplaced(voter)) {
              shared.computeIfAbsent(voter, unused -> new BitSet()).set(arc);
            }
          }
        });
    return shared;
  }

  /** A member of an arc holds other registers than this node. */
  void differs(int arc, Voter member, List<Head> own, List<Head> theirs) {
    ArcLeader leader = leaders.get(arc);
    if (leader != null) {
      leader.differs(member, own, theirs);
    }
  }

  /** The arcs that this node leads in which there are tombstones to collect. */
  List<Integer> toCollect() {
    var some = new ArrayList<Integer>();
    leaders.forEach(
        (arc, leader) -> {
          if (leader.isToCollect()) {
            some.add(arc);
          }
        });
    return some;
  }

  /** Goes on with collecting the tombstones of an arc, and says when nothing is under way. */
  void collect(int arc, long keptNanos, Runnable done) {
    ArcLeader leader = leaders.get(arc);
    if (leader == null) {
      done.run();
    } else {
      leader.collect(ring.clock().nanos(), keptNanos, done);
    }
  }

  /** Whether so many members answer, as far as this node knows, that they can decide. */
  boolean mayDecide(Configuration configuration) {
    var answering = new ArrayList<>(configuration.voters());
    answering.removeIf(
        voter ->
            !voter.equals(shelf.self())
                && (stores.isReplaced(voter) || !around().answers(voter.node())));
    return configuration.isQuorum(answering);
  }

  private boolean mayOthersLead(Configuration configuration) {
    return configuration.voters().stream()
        .anyMatch(voter -> !voter.equals(shelf.self()) && around().canLead(voter.node()));
  }

  /** How this node takes over what it should lead. */
  private final class Heir implements Vacancies.Successor {
    @Override
    public void look() {
      refresh();
    }

    @Override
    public boolean shouldLead(int arc) {
      return Leaders.this.shouldLead(arc);
    }

    @Override
    public boolean isDaddyThere(int arc) {
      return around().answers(shelf.promised(arc).daddy());
    }

    @Override
    public boolean doesDaddyStay(int arc) {
      Configuration configuration = shelf.configuration(arc);
      return configuration != null && isLedByAnother(arc, configuration);
    }

    @Override
    public boolean holdsRecords(int arc) {
      return shelf.records(arc) > 0;
    }

    @Override
    public void lead(int arc) {
      Leaders.this.lead(arc, ring.clock().nanos());
    }
  }

  // ---- members

  private Neighbourhood around() {
    Neighbourhood present = neighbourhood;
    return present == null ? refresh() : present;
  }

  /** The members around, as of now. */
  Neighbourhood refresh() {
    RingView view = ring.view();
    long now = ring.clock().nanos();
    Neighbourhood present = neighbourhood;
    boolean enters = !entered && !ring.identity().isEmpty();
    if (enters) {
      entered = true;
      shelf.enter(ring.identity(), ring.randomness().nextLong());
      if (ring.isFounder()) {
        shelf.found(view.arcs().count());
      }
      stores.heard(shelf.self().node(), shelf.self().store());
      returning = shelf.isDurable() && !shelf.voiced().isEmpty() && !ring.isFounder();
      if (returning) {
        ring.scheduler().schedule(settings.get(DhtSettings.RETURN_WAIT), this::hasReturned);
      }
      charters.begin();
    }
    if (present == null) {
      present =
          new Neighbourhood(
              view,
              Records.COPY_SERVICE,
              settings.get(DhtSettings.SETTLED),
              settings.get(DhtSettings.GONE),
              now);
      neighbourhood = present;
      greet(present);
      sweepLater();
    } else if (present.view().version() != view.version()) {
      present.move(view, now).forEach(stores::forget);
      greet(present);
      placeAll();
    }
    if (enters) {
      comeHome(present);
    }
    return present;
  }

  private void greet(Neighbourhood present) {
    greetings.greet(neighbours(present, settings.get(DhtSettings.LOCATE_ASKED)));
  }

  /** The members near this node. */
  private Set<Id> neighbours(Neighbourhood present, int count) {
    var neighbours = new TreeSet<Id>();
    for (Member member : present.nearest(ring.id(), count + 1)) {
      neighbours.add(member.id());
    }
    neighbours.remove(ring.id());
    return neighbours;
  }

  /** Who has a disk of before asks those who may have seen what it said. */
  private void comeHome(Neighbourhood present) {
    if (!shelf.comesBack()) {
      homecoming.end();
      return;
    }
    Set<Id> around = neighbours(present, Neighbourhood.PEERS_MAX);
    for (int arc : shelf.voiced()) {
      Configuration configuration = shelf.configuration(arc);
      if (configuration != null) {
        configuration.voters().forEach(voter -> around.add(voter.node()));
      }
    }
    around.remove(ring.id());
    var unused = homecoming.over().thenRun(() -> ring.scheduler().execute(this::placeAll));
    homecoming.begin(around, settings.get(DhtSettings.RETURN_WAIT));
  }

  /**
   * Somebody saw more of this node's disk than there is: it was put back to an older state. From
   * now on this node is one without a past.
   */
  void renew() {
    long former = shelf.self().store();
    leaders.forEach((arc, leader) -> leader.end(leader.notOwner()));
    vacancies.clear();
    shelf.renew(ring.randomness().nextLong());
    stores.heard(shelf.self().node(), shelf.self().store());
    returning = false;
    ring.trouble(
        "the data directory "
            + Printable.text(ring.directory().orElse(""), 300)
            + " is older than what this node has told others that it keeps (store "
            + Long.toHexString(former)
            + "): was it put back from a copy or a snapshot? This node has no voice for what lies"
            + " there, begins with an empty store (number "
            + Long.toHexString(shelf.self().store())
            + ") and gets its copies from the other members. Never put a data directory back;"
            + " where one is lost, start the node with an empty one.");
    homecoming.end();
    neighbours(around(), settings.get(DhtSettings.LOCATE_ASKED)).forEach(greetings::ask);
  }

  /** A node says which store it keeps. */
  void keeps(Id node, long store) {
    greetings.keeps(node, store);
  }

  /** Runs this when every arc that is to be looked at now has been. */
  void whenPlaced(Runnable then) {
    placing.whenDone(then);
  }

  /** Looks at all arcs, a few in each turn. */
  private void placeAll() {
    placing.all();
  }

  /** What is looked at when something has changed about the members. */
  private final class Placed implements Placing.Arcs {
    @Override
    public BitSet all() {
      var all = new BitSet();
      leaders.arcs().forEach(all::set);
      shelf.voiced().forEach(all::set);
      return all;
    }

    @Override
    public boolean holdsRecords(int arc) {
      return shelf.records(arc) > 0;
    }

    @Override
    public void place(int arc) {
      ArcLeader leader = leaders.get(arc);
      if (leader == null) {
        configured(arc);
        tellOfChange(arc);
      } else {
        leader.place(Leaders.this.place(arc), ring.clock().nanos());
      }
    }
  }

  private void hasReturned() {
    returning = false;
    placeAll();
  }

  /**
   * Whoever is to lead an arc whose members change, and comes only with the change, may not have
   * heard of it before its daddy died: then nobody would lead the arc.
   */
  private void tellOfChange(int arc) {
    Configuration configuration = shelf.configuration(arc);
    if (configuration == null || !configuration.joint() || leaders.has(arc)) {
      return;
    }
    Id daddy = daddy(arc, configuration);
    if (daddy != null && !daddy.equals(ring.id())) {
      post.send(
          daddy,
          new CopyRequest.Met(arc, configuration),
          CopyReply.Located.class,
          reply ->
              reply.placed().forEach(placed -> shelf.met(placed.arc(), placed.configuration())),
          () -> {});
    }
  }

  private void sweepLater() {
    ring.scheduler()
        .schedule(
            settings.get(DhtSettings.SWEEP_INTERVAL),
            () -> {
              greet(around());
              placeAll();
              sweepLater();
            });
  }
}
