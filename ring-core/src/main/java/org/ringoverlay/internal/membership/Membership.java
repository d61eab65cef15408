package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Card;
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

  /**
   * A member counts its version up by one. A fact that is so far ahead of what is known of it was
   * made up, and could not be outdone were it believed.
   */
  static final long VERSION_STEP_MAX = 1L << 20;

  /** Departed members that a pruned table remembers. */
  private static final int DEPARTED_MAX = 64;

  private final Id self;
  private final Limits limits;
  private final Post post;
  private final Clock clock;
  private final ViewListener listener;
  private final Gossip gossip;
  private final MemberTable table;
  private final PrefixTable prefixes;
  private final NextHops nextHops;
  private final Scale scale;
  private final Surroundings surroundings;
  private final Coverage coverage;
  private final Proximity proximity;
  private final Obituaries obituaries;
  private Json selfCard;
  private long selfIncarnation;
  private long selfVersion = 1;
  private MemberState selfState = MemberState.JOINING;
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
    this.obituaries = new Obituaries(self, table);
    this.prefixes = new PrefixTable(self);
    this.nextHops = new NextHops(self, prefixes);
    this.scale = new Scale(limits.fullMembersMax());
    this.surroundings = new Surroundings(this, limits.leavesPerSide(), randomness);
    this.coverage = new Coverage(self);
    this.proximity = new Proximity(this, post, clock, randomness);
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
    return known == null ? proximity.addressOf(node) : known.card().address();
  }

  /** Whether a present member listens at an address, so that nobody else can. */
  public boolean isTaken(String address) {
    return view.members().stream().anyMatch(member -> member.address().equals(address));
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

  /**
   * The ring's circle is cut so, and so large is it: said by whoever let this node in, before it is
   * a member.
   */
  public void enter(Arcs ringArcs, long ringScale) {
    this.arcs = ringArcs;
    if (scale.hear(ringScale) && scale.isLarge()) {
      coverage.selfAlone();
    }
    publish();
  }

  /** This node's own state changes: told to the others as news. */
  public void become(MemberState state, String cause) {
    become(state, cause, Gossip.Reach.ALL);
  }

  /**
   * This node is a member from now on. Whom it settles with hears so; in a large ring that is all.
   */
  void announce() {
    become(MemberState.ALIVE, "joined", scale.isLarge() ? Gossip.Reach.BEATS : Gossip.Reach.ALL);
  }

  private void become(MemberState state, String cause, Gossip.Reach reach) {
    selfState = state;
    selfVersion++;
    apply(List.of(new Entry(selfCard, selfVersion, selfState, cause)), cause, reach);
  }

  /** Accuses a member of not answering, unless something newer is known. */
  public void suspect(Id node, String cause) {
    MemberTable.Known known = table.get(node);
    if (known != null
        && (known.state() == MemberState.ALIVE || known.state() == MemberState.JOINING)) {
      apply(
          List.of(new Entry(known.raw(), known.version(), MemberState.SUSPECT, cause)),
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
          List.of(new Entry(known.raw(), known.version(), MemberState.DEAD, cause)),
          cause,
          Gossip.Reach.NEAR);
    }
  }

  /** Forgets departed members whose time is over. */
  void forgetDeparted(long before) {
    for (MemberTable.Known known : new ArrayList<>(table.all())) {
      if (!known.state().isPresent() && known.sinceNanos() - before < 0) {
        table.forget(known.id());
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
      MemberTable.Fact fact = MemberTable.sound(entry);
      if (fact == null) {
        continue;
      }
      if (fact.id().equals(self)) {
        changed |= hearOfSelf(fact, reach);
        continue;
      }
      if (isBeyondInterest(fact)) {
        compare(entry, fact);
        continue;
      }
      MemberTable.Change change = table.merge(fact, now);
      if (change != null) {
        changed = true;
        noted(change, cause, reach);
      } else if (table.hasNoRoomFor(fact)) {
        turnedAway++;
      }
    }
    if (changed && scale.counted(table.all().size() - table.departedCount())) {
      rescaled();
    } else if (changed) {
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

  /** About a member that is not known and would not be kept. */
  private boolean isBeyondInterest(MemberTable.Fact fact) {
    return scale.isLarge() && table.get(fact.id()) == null && !isOfInterest(fact);
  }

  /**
   * Whether a fact of somebody new is to be kept. Of one that is still joining only near: nobody
   * far away hears when it has joined, and it would hold a slot through which no message may go.
   */
  private boolean isOfInterest(MemberTable.Fact fact) {
    return fact.state() == MemberState.JOINING
        ? wouldBeLeaf(fact.id())
        : fact.state().isPresent() && isWanted(fact.id());
  }

  /** Whether a node would be kept: always in a small ring, and in a large one where it fits in. */
  private boolean isWanted(Id id) {
    int row = self.commonPrefix(id);
    return !scale.isLarge()
        || wouldBeLeaf(id)
        || (row < Id.DIGITS && prefixes.at(row, id.digit(row)) == null)
        || prefixes.holds(id);
  }

  /** It may be nearer than the member that stands in its slot. */
  private void compare(Entry entry, MemberTable.Fact fact) {
    Id holder = holderFor(fact.id());
    if (fact.state() != MemberState.ALIVE) {
      proximity.forget(fact.id());
    } else if (holder != null && selfState == MemberState.ALIVE) {
      proximity.consider(entry, fact, holder);
    }
  }

  private @Nullable Id holderFor(Id node) {
    int row = self.commonPrefix(node);
    return row < Id.DIGITS ? prefixes.at(row, node.digit(row)) : null;
  }

  /** A member stands in the slot of another from now on; tells whether that still held it. */
  boolean replace(Id holder, Entry entry) {
    MemberTable.Fact fact = MemberTable.sound(entry);
    if (fact == null
        || !scale.isLarge()
        || table.get(fact.id()) != null
        || !prefixes.replace(holder, fact.id())) {
      return false;
    }
    apply(List.of(entry), "nearer than node " + holder.shortString());
    return true;
  }

  /** A node connected. In a large ring that is how nodes learn of each other by what they do. */
  public void connected(Id node) {
    if (scale.isLarge()) {
      met(node);
    }
  }

  /** A node that is not known said something: it is asked for its fact, if that would be of use. */
  void met(Id node) {
    if (table.get(node) == null && (isWanted(node) || mayBeNearer(node))) {
      post.send(node, new LinkMessage.Want(List.of(node)));
    }
  }

  private boolean mayBeNearer(Id node) {
    Id holder = holderFor(node);
    return holder != null && selfState == MemberState.ALIVE && proximity.isOpenFor(holder);
  }

  /** A member of a row of the prefix table, both drawn; null in a small ring. */
  @Nullable Id drawnByRow(Randomness randomness) {
    return scale.isLarge() ? prefixes.drawn(randomness) : null;
  }

  /** Who is nearer by the network. */
  Proximity proximity() {
    return proximity;
  }

  /** Whether a node is so near that it belongs into this one's leaf set. */
  boolean wouldBeLeaf(Id id) {
    for (Member neighbour : view.neighbours(id, limits.leavesPerSide())) {
      if (neighbour.id().equals(self)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Only this node speaks for itself: what others say of it and is not so is outdone by a higher
   * version.
   */
  private boolean hearOfSelf(MemberTable.Fact fact, Gossip.Reach reach) {
    Card card = fact.card();
    if (card.incarnation() == selfIncarnation && fact.version() - selfVersion > VERSION_STEP_MAX) {
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
              + "); if there is none, this node's data directory was put back to an older state: move"
              + " it away and start the node with seeds");
      return false;
    }
    if (card.incarnation() == selfIncarnation
        && (fact.version() > selfVersion
            || (fact.version() == selfVersion && fact.state() != selfState))) {
      selfVersion = fact.version() + 1;
    }
    MemberTable.Change change = table.merge(selfEntry(), clock.nanos());
    if (change == null) {
      return false;
    }
    if (fact.state() == MemberState.DEAD && selfState == MemberState.ALIVE) {
      listener.givenUp();
    }
    if (fact.state() == selfState) {
      noted(change, fact.cause() == null ? "told by itself" : fact.cause(), reach);
    } else {
      noted(
          change,
          "refuted that it is " + fact.state(),
          fact.state() == MemberState.SUSPECT ? Gossip.Reach.NEAR : Gossip.Reach.ALL);
    }
    return true;
  }

  private void noted(MemberTable.Change change, String cause, Gossip.Reach reach) {
    MemberTable.Known before = change.before();
    MemberTable.Known after = change.after();
    if (!after.state().isPresent()) {
      prefixes.remove(after.id());
    }
    if (before == null || before.state() != after.state()) {
      String why = after.cause();
      listener.memberChanged(
          new MemberEvent(
              after.member(),
              before == null ? null : before.state(),
              why == null || why.equals(cause) ? cause : cause + ": " + why));
    }
    // Whoever found it: another may have been quicker by a moment, and then nobody would tell all.
    if (after.state() == MemberState.DEAD && obituaries.isForThisNode(after.id())) {
      for (MemberTable.Known dead : obituaries.toBeTold(after, clock.nanos())) {
        gossip.changed(new MemberTable.Change(dead, dead), Gossip.Reach.ALL);
      }
    } else {
      gossip.changed(change, reach);
    }
  }

  private void publish() {
    RingView before = view;
    if (scale.isLarge()) {
      prune();
    } else {
      coverage.all();
    }
    RingView after = before.next(arcs, coverage.range(), table.takeChanges());
    view = after;
    listener.viewChanged(before, after);
  }

  /** Keeps the leaf set, a member for each slot of the prefix table, and some that departed. */
  private void prune() {
    List<MemberTable.Known> present = new ArrayList<>(table.all());
    present.removeIf(known -> !known.state().isPresent());
    int own = -1;
    for (int at = 0; at < present.size(); at++) {
      MemberTable.Known known = present.get(at);
      if (known.id().equals(self)) {
        own = at;
      } else if (canHoldSlot(known.state())) {
        prefixes.offer(known.id());
      } else {
        prefixes.remove(known.id());
      }
    }
    if (present.size() == 1 && selfState == MemberState.ALIVE) {
      coverage.all();
    } else if (own >= 0) {
      coverage.cut(present, own, limits.leavesPerSide());
    }
    int size = present.size();
    for (int at = 0; own >= 0 && at < size; at++) {
      int distance = Math.abs(at - own);
      boolean isLeaf = Math.min(distance, size - distance) <= limits.leavesPerSide();
      if (!isLeaf && !prefixes.holds(present.get(at).id())) {
        table.forget(present.get(at).id());
      }
    }
    if (table.departedCount() > DEPARTED_MAX) {
      forgetAllBut(DEPARTED_MAX);
    }
  }

  /** Newcomers too, or a ring that grows at many places at once would forget them again. */
  private static boolean canHoldSlot(MemberState state) {
    return state == MemberState.ALIVE || state == MemberState.JOINING;
  }

  /**
   * Forgets who departed first; not what is still to be told, which this node's own leave may be.
   */
  private void forgetAllBut(int countMax) {
    var departed = new ArrayList<>(table.all());
    departed.removeIf(fact -> fact.state().isPresent() || gossip.isToBeTold(fact.id()));
    departed.sort((one, other) -> Long.signum(one.sinceNanos() - other.sinceNanos()));
    for (MemberTable.Known fact : departed.subList(0, Math.max(0, departed.size() - countMax))) {
      table.forget(fact.id());
    }
  }

  /** Where a message to a place goes next; see {@link NextHops#next}. */
  public @Nullable Id nextHop(Id target, boolean exact, Predicate<Id> avoided) {
    return nextHops.next(view, target, exact, avoided);
  }

  /** Another node settles: it is told what it lacks around it, and what it is wrongly held for. */
  public void settle(Id from, LinkMessage.Settle settle) {
    apply(List.of(settle.self()), "joins");
    List<List<Entry>> around = Entry.batches(surroundings.answer(from, settle));
    int last = around.size() - 1;
    around.subList(0, last).forEach(more -> post.send(from, new LinkMessage.Lacking(more)));
    // What is told in several messages may arrive in part: then nobody may build on it.
    LinkMessage.Stretch covered = last == 0 && wouldBeLeaf(from) ? coverage.told() : null;
    post.send(
        from,
        new LinkMessage.Settled(settle.round(), around.get(last), view.sizeEstimate(), covered));
  }

  /**
   * What a newcomer has to know of others: all that are known, or in a large ring who is around it
   * and may stand in its prefix table.
   */
  public List<Entry> forNewcomer(Id node) {
    return scale.isLarge() ? surroundings.forNewcomer(node) : table.entries();
  }

  /** What lies around this node and others. */
  Surroundings surroundings() {
    return surroundings;
  }

  /** Which slots of the prefix table are taken; null in a small ring, where nobody needs it. */
  @Nullable List<Integer> slots() {
    return scale.isLarge() ? prefixes.taken() : null;
  }

  /** The number that tells whether the ring is small or large. */
  public long scale() {
    return scale.number();
  }

  /** Another node says how large the ring is; what it has not heard of yet, it is told. */
  public void scaleOf(Id from, long number) {
    if (scale.hear(number)) {
      rescaled();
    } else if (number < scale.number()) {
      post.send(from, new LinkMessage.Scale(scale.number()));
    }
  }

  /** A node named what this one lacks around itself. */
  void settled(Id from, LinkMessage.Settled settled) {
    apply(settled.around(), "named by a neighbour");
    List<Member> nearest = view.neighbours(self, 1);
    boolean more = false;
    for (int side = 0; side < 2 && !nearest.isEmpty(); side++) {
      if (nearest.get(Math.min(side, nearest.size() - 1)).id().equals(from)) {
        more |= coverage.nobodyBefore(from, side == 0);
      }
    }
    more |= coverage.heard(settled.covered());
    if (more) {
      publish();
    }
    Long size = settled.size();
    if (size != null && !view.isComplete() && scale.estimated(view.sizeEstimate(), size)) {
      rescaled();
    }
  }

  /** The ring is large or small from now on: all that are known hear so at once, and go on. */
  private void rescaled() {
    publish();
    for (Member member : view.members()) {
      if (!member.id().equals(self)) {
        post.send(member.id(), new LinkMessage.Scale(scale.number()));
      }
    }
  }
}
