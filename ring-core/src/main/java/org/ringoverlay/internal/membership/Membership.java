package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage;
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
 * The member table and the views made of it: what is kept, who is accused or declared dead, where a
 * message goes next. {@link Gossip} carries the facts. On the loop.
 */
public final class Membership {
  /** A full table turns facts away with every gossip; it is told of no more often. */
  private static final long FULL_TOLD_EVERY_NANOS = 10_000_000_000L;

  /**
   * The bounds.
   *
   * @param membersMax members known, the departed ones too
   * @param fullMembersMax members up to which all are known
   * @param leavesPerSide neighbours on each side that are always known
   * @param watchers neighbours on each side that watch a member
   */
  public record Limits(int membersMax, int fullMembersMax, int leavesPerSide, int watchers) {}

  /** Departed members that a pruned table remembers. */
  private static final int DEPARTED_MAX = 64;

  /** Members around a node far away, on each side, that it is told of in case they are closer. */
  private static final int CLOSER_PER_SIDE = 2;

  /** Facts about members far away in one answer to a node that settles. */
  private static final int SLOTS_PER_ANSWER = 64;

  private final Id self;
  private final Limits limits;
  private final Post post;
  private final Clock clock;
  private final ViewListener listener;
  private final Gossip gossip;
  private final MemberTable table;
  private final PrefixTable prefixes;
  private Json selfCard;
  private long selfIncarnation;
  private long selfVersion = 1;
  private MemberState selfState = MemberState.JOINING;
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
    this.listener = listener;
    this.table = new MemberTable(limits.membersMax());
    this.prefixes = new PrefixTable(self);
    this.selfCard = Json.of(null);
    this.view = new RingView(0, self, arcs, List.of());
    this.gossip = new Gossip(this, limits, post, scheduler, randomness);
  }

  /** This node. Any thread. */
  public Id self() {
    return self;
  }

  /** The newest view. Any thread. */
  public RingView view() {
    return view;
  }

  /** The table's digest, for beats; 0 if it does not hold all members. */
  public long digest() {
    return view.isComplete() ? table.digest() : 0;
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

  /** How facts travel. */
  public Gossip gossip() {
    return gossip;
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
    apply(List.of(selfEntry()), cause, Gossip.Reach.ALL);
  }

  /** Accuses a member of not answering, unless something newer is known. */
  public void suspect(Id node, String cause) {
    MemberTable.Known known = table.get(node);
    if (known != null
        && (known.state() == MemberState.ALIVE || known.state() == MemberState.JOINING)) {
      apply(
          List.of(new Entry(known.raw(), known.version(), MemberState.SUSPECT)),
          cause,
          Gossip.Reach.NEAR);
    }
  }

  /**
   * Declares a suspect dead. Several watch it and come to that at about the same time; the nearest
   * that lives before it on the circle tells the others.
   */
  public void bury(Id node, String cause) {
    MemberTable.Known known = table.get(node);
    if (known != null && known.state() == MemberState.SUSPECT) {
      apply(
          List.of(new Entry(known.raw(), known.version(), MemberState.DEAD)),
          cause,
          isNextBefore(node) ? Gossip.Reach.ALL : Gossip.Reach.NEAR);
    }
  }

  private boolean isNextBefore(Id node) {
    Id next = null;
    for (Member member : view.alive()) {
      Id id = member.id();
      if (next == null || node.minus(id).compareTo(node.minus(next)) < 0) {
        next = id;
      }
    }
    return self.equals(next);
  }

  /** Forgets departed members whose time is over. */
  void forgetDeparted(long before) {
    for (MemberTable.Known known : new ArrayList<>(table.all())) {
      if (!known.state().isPresent() && known.sinceNanos() - before < 0) {
        table.forget(known.card().id());
      }
    }
  }

  /** Facts came from a node: if they are wrong about this one, that node hears so at once. */
  void heard(Id from, List<Entry> entries, String cause) {
    long before = selfVersion;
    apply(entries, cause);
    if (selfVersion != before) {
      post.send(from, new LinkMessage.News(List.of(selfEntry()), null));
    }
  }

  /** Merges facts, refutes what is wrong about this node, publishes a view, passes the news on. */
  public void apply(List<Entry> entries, String cause) {
    apply(entries, cause, Gossip.Reach.BEATS);
  }

  private void apply(List<Entry> entries, String cause, Gossip.Reach reach) {
    long now = clock.nanos();
    boolean changed = false;
    for (Entry entry : entries) {
      if (concernsSelf(entry)) {
        changed |= hearOfSelf(entry);
        continue;
      }
      if (isBeyondInterest(entry)) {
        continue;
      }
      MemberTable.Change change = table.merge(entry, now);
      if (change != null) {
        changed = true;
        noted(change, cause, reach);
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

  /** In a large ring: about a member that is not known and would not be kept. */
  private boolean isBeyondInterest(Entry entry) {
    MemberCard card = pruned ? MemberTable.soundCard(entry) : null;
    if (card == null || table.get(card.id()) != null) {
      return false;
    }
    Id id = card.id();
    int row = self.commonPrefix(id);
    return !entry.state().isPresent()
        || !(view.covers(id) || (row < Id.DIGITS && prefixes.at(row, id.digit(row)) == null));
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
        entry.state() == selfState ? "told by itself" : "refuted that it is " + entry.state(),
        Gossip.Reach.ALL);
    return true;
  }

  private void noted(MemberTable.Change change, String cause, Gossip.Reach reach) {
    MemberTable.Known before = change.before();
    if (before == null || before.state() != change.after().state()) {
      listener.memberChanged(
          new MemberEvent(change.after().member(), before == null ? null : before.state(), cause));
    }
    gossip.changed(change.after(), reach);
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
      if (fact == null || !canHoldSlot(fact.state())) {
        prefixes.remove(held);
      }
    }
    for (Member member : present) {
      if (canHoldSlot(member.state())) {
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

  /** Newcomers too, or a ring that grows at many places at once would forget them again. */
  private static boolean canHoldSlot(MemberState state) {
    return state == MemberState.ALIVE || state == MemberState.JOINING;
  }

  /**
   * Forgets who departed first; not what is still to be told, which this node's own leave may be.
   */
  private void forgetAllBut(int countMax, List<MemberTable.Known> departed) {
    departed.removeIf(fact -> gossip.isToBeTold(fact.card().id()));
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
   * @param avoided members to go around where there is another way
   * @return null if there is nobody to send to
   */
  public @Nullable Id nextHop(Id target, boolean exact, Predicate<Id> avoided) {
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
    if (slot != null && stateOf(slot) == MemberState.ALIVE && !avoided.test(slot)) {
      return slot;
    }
    Id around = closest(now, place, shared, avoided);
    Id any = around != null ? around : closest(now, place, shared, nobody -> false);
    boolean here = any == null && !exact && stateOf(self) == MemberState.ALIVE;
    return here ? self : any;
  }

  /** No member for the next digit: the closest with as long a prefix, else the closest of all. */
  private @Nullable Id closest(RingView now, Id place, int shared, Predicate<Id> avoided) {
    Id best = null;
    boolean bestShares = false;
    for (Member member : now.alive()) {
      Id id = member.id();
      if (id.equals(self) || Id.compareDistance(place, id, self) >= 0 || avoided.test(id)) {
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
    return best;
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
    boolean near = view.covers(node) || settle.self().state() == MemberState.JOINING;
    int perSide = near ? limits.leavesPerSide() : Math.min(limits.leavesPerSide(), CLOSER_PER_SIDE);
    for (Member member : view.neighbours(node, perSide)) {
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
