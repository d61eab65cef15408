package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.LinkMessage.Seen;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * The member table, the views made of it, and the gossip that makes all tables equal.
 *
 * <p>A fact that changed the table is passed on once, to the nearest neighbours and to some others
 * (rumour mongering, Demers et al., PODC 1987, section 1.4); what rumours miss is found by the
 * digests that pings carry and repaired by comparing tables (anti-entropy, section 1.3). On the
 * loop.
 */
public final class Membership {
  /** Facts in one message; more go in further messages. */
  private static final int ENTRIES_PER_MESSAGE = 500;

  /** A full table turns facts away with every gossip; it is told of no more often. */
  private static final long FULL_TOLD_EVERY_NANOS = 10_000_000_000L;

  /**
   * The bounds.
   *
   * @param membersMax members known, the departed ones too
   * @param fullMembersMax members up to which all are known
   * @param leavesPerSide neighbours on each side that are always known
   * @param newsNeighbours neighbours on each side that news goes to
   * @param newsOthers others that news goes to, besides one for each doubling of the ring
   */
  public record Limits(
      int membersMax, int fullMembersMax, int leavesPerSide, int newsNeighbours, int newsOthers) {}

  /** Departed members that a pruned table remembers. */
  private static final int DEPARTED_MAX = 64;

  /** Facts about members far away in one answer to a node that settles. */
  private static final int SLOTS_PER_ANSWER = 64;

  private final Id self;
  private final Limits limits;
  private final Post post;
  private final Clock clock;
  private final Scheduler scheduler;
  private final Randomness randomness;
  private final ViewListener listener;
  private final MemberTable table;
  private final PrefixTable prefixes;
  private final LinkedHashSet<Id> news = new LinkedHashSet<>();
  private Json selfCard;
  private long selfIncarnation;
  private long selfVersion = 1;
  private MemberState selfState = MemberState.JOINING;
  private boolean newsScheduled;
  private boolean pruned;
  private long turnedAway;
  private long nextFullToldAt;
  private Arcs arcs;
  private volatile RingView view;

  /** Makes the membership of a node that knows itself alone and is joining. */
  public Membership(
      Id self,
      Arcs arcs,
      Limits limits,
      Post post,
      Clock clock,
      Scheduler scheduler,
      Randomness randomness,
      ViewListener listener) {
    this.self = self;
    this.arcs = arcs;
    this.limits = limits;
    this.post = post;
    this.clock = clock;
    this.nextFullToldAt = clock.nanos();
    this.scheduler = scheduler;
    this.randomness = randomness;
    this.listener = listener;
    this.table = new MemberTable(limits.membersMax());
    this.prefixes = new PrefixTable(self);
    this.selfCard = Json.of(null);
    this.view = new RingView(0, self, arcs, List.of());
  }

  /** This node. Any thread. */
  public Id self() {
    return self;
  }

  /** The newest view. Any thread. */
  public RingView view() {
    return view;
  }

  /** The table's digest, for pings. */
  public long digest() {
    return table.digest();
  }

  /** Where a node listens, departed ones too; null if it is not known. */
  public @Nullable String addressOf(Id node) {
    MemberTable.Known known = table.get(node);
    return known == null ? null : known.card().address();
  }

  /** How a member is seen, null if it is not known. */
  public @Nullable MemberState stateOf(Id node) {
    MemberTable.Known known = table.get(node);
    return known == null ? null : known.state();
  }

  MemberTable table() {
    return table;
  }

  /** Whether there is no room for one more member. */
  public boolean isFull() {
    return table.isFull();
  }

  /** What this node says of itself. */
  public Entry selfEntry() {
    return new Entry(selfCard, selfVersion, selfState);
  }

  /** Every fact. */
  public List<Entry> entries() {
    return table.entries();
  }

  /** Takes this node's card, before it joins. */
  public void introduce(MemberCard card, Json raw) {
    selfCard = raw;
    selfIncarnation = card.incarnation();
    table.merge(selfEntry(), clock.nanos());
    publish();
  }

  /** The ring's circle is cut so: said by whoever let this node in, before it is a member. */
  public void arcs(Arcs ringArcs) {
    this.arcs = ringArcs;
    publish();
  }

  /** This node's own state changes: told to the others as news. */
  public void become(MemberState state, String cause) {
    selfState = state;
    selfVersion++;
    apply(List.of(selfEntry()), cause);
  }

  /** Accuses a member of not answering, unless something newer is known. */
  public void suspect(Id node, String cause) {
    MemberTable.Known known = table.get(node);
    if (known != null
        && (known.state() == MemberState.ALIVE || known.state() == MemberState.JOINING)) {
      apply(List.of(new Entry(known.raw(), known.version(), MemberState.SUSPECT)), cause);
    }
  }

  /** Declares a suspect dead. */
  public void bury(Id node, String cause) {
    MemberTable.Known known = table.get(node);
    if (known != null && known.state() == MemberState.SUSPECT) {
      apply(List.of(new Entry(known.raw(), known.version(), MemberState.DEAD)), cause);
    }
  }

  /** Forgets departed members whose time is over. */
  void forgetDeparted(long before) {
    for (MemberTable.Known known : new ArrayList<>(table.all())) {
      if (!known.state().isPresent() && known.sinceNanos() - before < 0) {
        table.forget(known.card().id());
      }
    }
  }

  /** Merges facts, refutes what is wrong about this node, publishes a view, passes the news on. */
  public void apply(List<Entry> entries, String cause) {
    long now = clock.nanos();
    boolean changed = false;
    for (Entry entry : entries) {
      if (concernsSelf(entry)) {
        changed |= hearOfSelf(entry);
        continue;
      }
      MemberTable.Change change = table.merge(entry, now);
      if (change != null) {
        changed = true;
        noted(change, cause);
      } else if (table.hasNoRoomFor(entry)) {
        turnedAway++;
      }
    }
    if (changed) {
      publish();
    }
    tellIfFull(now);
  }

  private void tellIfFull(long now) {
    if (turnedAway > 0 && now - nextFullToldAt >= 0) {
      nextFullToldAt = now + FULL_TOLD_EVERY_NANOS;
      listener.trouble(
          "the table of members is full with "
              + limits.membersMax()
              + " (ring.members.max): "
              + turnedAway
              + (turnedAway == 1 ? " fact" : " facts")
              + " about others turned away");
      turnedAway = 0;
    }
  }

  private boolean concernsSelf(Entry entry) {
    MemberCard card = MemberTable.soundCard(entry);
    return card != null && card.id().equals(self);
  }

  /**
   * Only this node speaks for itself: what others say of it and is not so is outdone by a higher
   * version.
   */
  private boolean hearOfSelf(Entry entry) {
    MemberCard card = MemberTable.soundCard(entry);
    if (card == null) {
      return false;
    }
    if (card.incarnation() > selfIncarnation) {
      listener.superseded(
          "another process runs with this node's ID "
              + self
              + ", started later (incarnation "
              + card.incarnation()
              + " over "
              + selfIncarnation
              + ", at "
              + card.address()
              + ")");
      return false;
    }
    if (card.incarnation() == selfIncarnation
        && (entry.version() > selfVersion
            || (entry.version() == selfVersion && entry.state() != selfState))) {
      selfVersion = entry.version() + 1;
    }
    MemberTable.Change change = table.merge(selfEntry(), clock.nanos());
    if (change == null) {
      return false;
    }
    if (entry.state() == MemberState.DEAD && selfState == MemberState.ALIVE) {
      listener.givenUp();
    }
    noted(
        change,
        entry.state() == selfState ? "told by itself" : "refuted that it is " + entry.state());
    return true;
  }

  private void noted(MemberTable.Change change, String cause) {
    Id id = change.after().card().id();
    news.add(id);
    MemberTable.Known before = change.before();
    if (before == null || before.state() != change.after().state()) {
      listener.memberChanged(
          new MemberEvent(change.after().member(), before == null ? null : before.state(), cause));
    }
    if (!newsScheduled) {
      newsScheduled = true;
      scheduler.execute(this::passNewsOn);
    }
  }

  private void publish() {
    RingView before = view;
    List<Member> present = table.present();
    if (!pruned && present.size() > limits.fullMembersMax()) {
      pruned = true;
      present.forEach(member -> prefixes.offer(member.id()));
    }
    if (pruned) {
      present = prune(present);
    }
    var after =
        new RingView(
            before.version() + 1, self, arcs, present, pruned ? limits.leavesPerSide() : 0);
    if (pruned && after.sizeEstimate() <= limits.fullMembersMax() / 2) {
      pruned = false;
      after = new RingView(after.version(), self, arcs, present);
    }
    view = after;
    listener.viewChanged(before, after);
  }

  /** Keeps the leaf set, a member for each slot of the prefix table, and some that departed. */
  private List<Member> prune(List<Member> present) {
    var known = new RingView(0, self, arcs, present);
    var kept = new TreeSet<Id>();
    kept.add(self);
    known.neighbours(self, limits.leavesPerSide()).forEach(leaf -> kept.add(leaf.id()));
    for (Id held : prefixes.members()) {
      MemberTable.Known fact = table.get(held);
      if (fact == null || fact.state() != MemberState.ALIVE) {
        prefixes.remove(held);
      }
    }
    for (Member member : present) {
      if (member.state() == MemberState.ALIVE) {
        prefixes.offer(member.id());
      }
    }
    kept.addAll(prefixes.members());
    var departed = new ArrayList<MemberTable.Known>();
    for (MemberTable.Known fact : new ArrayList<>(table.all())) {
      Id id = fact.card().id();
      if (!fact.state().isPresent()) {
        departed.add(fact);
      } else if (!kept.contains(id)) {
        table.forget(id);
      }
    }
    forgetAllBut(DEPARTED_MAX, departed);
    return kept.size() == present.size() ? present : table.present();
  }

  /**
   * Forgets who departed first; not what is still to be told, which this node's own leave may be.
   */
  private void forgetAllBut(int countMax, List<MemberTable.Known> departed) {
    departed.removeIf(fact -> news.contains(fact.card().id()));
    departed.sort((one, other) -> Long.signum(one.sinceNanos() - other.sinceNanos()));
    for (MemberTable.Known fact : departed.subList(0, Math.max(0, departed.size() - countMax))) {
      table.forget(fact.card().id());
    }
  }

  /**
   * Where a message to a place goes next: to its root if the leaf set knows it, else to a member
   * that shares a longer prefix with it, else to the closest one known (Rowstron, Druschel,
   * Middleware 2001, section 2.3). This node itself if none is closer.
   *
   * @param exact whether only the node with that very ID may get it
   * @return null if there is nobody to send to
   */
  public @Nullable Id nextHop(Id target, boolean exact) {
    RingView now = view;
    if (target.equals(self) || now.find(target).isPresent()) {
      Member found = exact ? null : now.root(target);
      return exact ? target : found == null ? null : found.id();
    }
    Id place = exact ? target : arcs.address(target);
    if (now.covers(place)) {
      Member root = exact ? null : now.root(target);
      return root == null ? null : root.id();
    }
    int shared = self.commonPrefix(place);
    Id slot = prefixes.at(shared, place.digit(shared));
    Id next =
        slot != null && stateOf(slot) == MemberState.ALIVE ? slot : closest(now, place, shared);
    return exact && self.equals(next) ? null : next;
  }

  /** No member for the next digit: the closest with as long a prefix, else the closest of all. */
  private @Nullable Id closest(RingView now, Id place, int shared) {
    Id best = null;
    boolean bestShares = false;
    for (Member member : now.alive()) {
      Id id = member.id();
      if (id.equals(self) || Id.compareDistance(place, id, self) >= 0) {
        continue;
      }
      boolean shares = id.commonPrefix(place) >= shared;
      if (best == null
          || (shares && !bestShares)
          || (shares == bestShares && Id.compareDistance(place, id, best) < 0)) {
        best = id;
        bestShares = shares;
      }
    }
    return best != null ? best : stateOf(self) == MemberState.ALIVE ? self : null;
  }

  private void passNewsOn() {
    newsScheduled = false;
    var entries = new ArrayList<Entry>();
    var accused = new ArrayList<Id>();
    for (Id id : news) {
      MemberTable.Known known = table.get(id);
      if (known != null) {
        entries.add(known.entry());
        if (known.state() == MemberState.SUSPECT || known.state() == MemberState.DEAD) {
          accused.add(id);
        }
      }
    }
    news.clear();
    var receivers = pruned ? leavesOf(entries) : receivers();
    receivers.addAll(accused);
    receivers.remove(self);
    for (Id receiver : receivers) {
      sendNews(receiver, entries);
    }
  }

  /** In a large ring a fact concerns those who have its member in their leaf sets. */
  private Set<Id> leavesOf(List<Entry> entries) {
    var receivers = new LinkedHashSet<Id>();
    for (Entry entry : entries) {
      MemberCard card = MemberTable.soundCard(entry);
      if (card != null) {
        boolean near = view.covers(card.id());
        int perSide = near ? limits.leavesPerSide() : 0;
        view.neighbours(card.id(), perSide).forEach(leaf -> receivers.add(leaf.id()));
      }
    }
    return receivers;
  }

  private Set<Id> receivers() {
    RingView now = view;
    var receivers = new LinkedHashSet<Id>();
    for (Member member : now.neighbours(self, limits.newsNeighbours())) {
      receivers.add(member.id());
    }
    List<Member> members = now.members();
    int others = limits.newsOthers() + 32 - Integer.numberOfLeadingZeros(members.size());
    if (members.size() <= receivers.size() + others) {
      members.forEach(member -> receivers.add(member.id()));
      return receivers;
    }
    for (int i = 0; i < others; i++) {
      receivers.add(members.get((int) randomness.below(members.size())).id());
    }
    return receivers;
  }

  private void sendNews(Id to, List<Entry> entries) {
    for (int from = 0; from < entries.size(); from += ENTRIES_PER_MESSAGE) {
      int end = Math.min(entries.size(), from + ENTRIES_PER_MESSAGE);
      post.send(to, new LinkMessage.News(entries.subList(from, end)));
    }
  }

  /** Begins to compare tables with a node whose digest differs. */
  void compareWith(Id node) {
    post.send(node, new LinkMessage.Have(table.seen()));
  }

  /**
   * A node says in short what it knows: it gets what it lacks and is asked for what it has more. Of
   * departed members that one of the two has forgotten neither reminds the other, or they would
   * never be forgotten.
   */
  public void have(Id from, LinkMessage.Have have) {
    var theirs = new java.util.TreeMap<Id, Seen>();
    for (Seen seen : have.seen()) {
      if (seen != null && seen.id() != null && seen.state() != null) {
        theirs.put(seen.id(), seen);
      }
    }
    var newer = new ArrayList<Entry>();
    for (MemberTable.Known known : table.all()) {
      Seen seen = theirs.get(known.card().id());
      if (seen == null ? known.state().isPresent() : isNewer(known, seen)) {
        newer.add(known.entry());
      }
    }
    var wanted = new ArrayList<Id>();
    for (Seen seen : theirs.values()) {
      MemberTable.Known known = table.get(seen.id());
      if (known == null
          ? seen.state().isPresent()
          : known.isOlderThan(seen.incarnation(), seen.version(), seen.state())) {
        wanted.add(seen.id());
      }
    }
    if (!newer.isEmpty()) {
      sendNews(from, newer);
    }
    if (!wanted.isEmpty()) {
      post.send(from, new LinkMessage.Want(wanted));
    }
  }

  private static boolean isNewer(MemberTable.Known known, Seen seen) {
    boolean same =
        known.card().incarnation() == seen.incarnation()
            && known.version() == seen.version()
            && known.state() == seen.state();
    return !same && !known.isOlderThan(seen.incarnation(), seen.version(), seen.state());
  }

  /** A node asks for facts. */
  public void want(Id from, LinkMessage.Want want) {
    var entries = new ArrayList<Entry>();
    for (Id id : want.ids()) {
      MemberTable.Known known = id == null ? null : table.get(id);
      if (known != null && entries.size() < limits.membersMax()) {
        entries.add(known.entry());
      }
    }
    sendNews(from, entries);
  }

  /** What this node says to a neighbour with which it settles. */
  LinkMessage.Settle settle(long round, int perSide) {
    var knows = new ArrayList<Long>();
    for (Member member : view.neighbours(self, perSide)) {
      MemberTable.Known known = table.get(member.id());
      if (known != null) {
        knows.add(MemberTable.fingerprint(known));
      }
    }
    return new LinkMessage.Settle(round, selfEntry(), knows, pruned ? prefixes.taken() : null);
  }

  /** A node settles: what it lacks around it, and what it is wrongly held for. */
  public List<Entry> around(Id node, LinkMessage.Settle settle) {
    List<Long> said = settle.knows();
    var knows = new TreeSet<Long>();
    if (said != null) {
      said.stream().filter(Objects::nonNull).forEach(knows::add);
    }
    var entries = new ArrayList<Entry>();
    entries.add(selfEntry());
    MemberTable.Known itself = table.get(node);
    if (itself != null && itself.state() != settle.self().state()) {
      entries.add(itself.entry());
    }
    for (Member member : view.neighbours(node, limits.leavesPerSide())) {
      MemberTable.Known known = table.get(member.id());
      if (known != null
          && !member.id().equals(self)
          && !knows.contains(MemberTable.fingerprint(known))) {
        entries.add(known.entry());
      }
    }
    List<Integer> taken = settle.taken();
    if (taken != null) {
      forSlots(node, taken, entries);
    }
    return entries;
  }

  private void forSlots(Id node, List<Integer> taken, List<Entry> entries) {
    var filled = new TreeSet<Integer>();
    for (Member member : view.alive()) {
      int row = node.commonPrefix(member.id());
      if (PrefixTable.fills(node, taken, member.id())
          && filled.size() < SLOTS_PER_ANSWER
          && filled.add(16 * row + member.id().digit(row))) {
        MemberTable.Known known = table.get(member.id());
        if (known != null) {
          entries.add(known.entry());
        }
      }
    }
  }
}
