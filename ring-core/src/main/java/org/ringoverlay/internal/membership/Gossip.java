package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.LinkMessage.Seen;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * How facts travel, and how two tables become equal.
 *
 * <ul>
 *   <li>Who is concerned is told directly: the accused, and those who watch it.
 *   <li>What all must know goes down a tree: to one member for each slot of the prefix table, who
 *       spreads it among those that share that prefix. Each gets it once.
 *   <li>What changed a table rides on the next beats to the nearest neighbours, in short (infection
 *       style: Das, Gupta, Motivala, DSN 2002, section 4.1), and so closes the holes that lost
 *       messages tore into the tree.
 *   <li>What is missed even so is found by the digests that beats carry, and repaired by comparing
 *       tables part by part (anti-entropy: Demers et al., PODC 1987, section 1.3).
 * </ul>
 *
 * In a large ring a fact concerns the leaf set of its member alone, and goes there. On the loop.
 */
public final class Gossip {
  /** Short facts in one message of a comparison, unless one part of the circle has more. */
  private static final int SEEN_PER_MESSAGE = 2_048;

  /** Short facts on one beat; more wait for the next. A fifth of a thousand may die at once. */
  private static final int FACTS_PER_BEAT = 256;

  /** Beats that tell of a change. */
  private static final int BEATS_PER_FACT = 2;

  /** Changes that wait for beats; older ones are left to the comparison. */
  private static final int RECENT_MAX = 1_024;

  /**
   * Digits of the tree below which a message is spared those that the next beats tell, within an
   * interval. In a ring of a thousand that is three of four.
   */
  private static final int ROWS_TOLD = 2;

  private static final int DIGIT_VALUES = 16;

  /** Members of a slot that are looked at for one that is connected. */
  private static final int LINKED_LOOKED_AT_MAX = 64;

  /** Facts that were passed on and are recognised when they come again. */
  private static final int RELAYED_MAX = 4_096;

  /** How far a change is told. */
  enum Reach {
    /** To all, or in a large ring to the leaf set of the member that changed. */
    ALL,
    /** To the member and those who watch it. */
    NEAR,
    /** To the nearest neighbours of this node. */
    BEATS
  }

  /** A fact on its way down the tree, to those that share so many digits with this node. */
  private record Spread(Entry entry, int row) {}

  /** What was passed on of a member, and from which row down. */
  private record Relayed(long fingerprint, int row) {}

  private final Id self;
  private final Membership membership;
  private final MemberTable table;
  private final int watchers;
  private final int leavesPerSide;
  private final int membersMax;
  private final Post post;
  private final Scheduler scheduler;
  private final Randomness randomness;
  private final TreeMap<Id, Spread> spreading = new TreeMap<>();
  private final LinkedHashSet<Id> near = new LinkedHashSet<>();
  private final LinkedHashSet<Id> leafwise = new LinkedHashSet<>();
  private final LinkedHashMap<Id, Integer> recent = new LinkedHashMap<>();
  private final LinkedHashMap<Id, Relayed> relayed = new LinkedHashMap<>();
  private boolean scheduled;

  Gossip(
      Membership membership,
      Membership.Limits limits,
      Post post,
      Scheduler scheduler,
      Randomness randomness) {
    this.self = membership.self();
    this.membership = membership;
    this.table = membership.table();
    this.watchers = limits.watchers();
    this.leavesPerSide = limits.leavesPerSide();
    this.membersMax = limits.membersMax();
    this.post = post;
    this.scheduler = scheduler;
    this.randomness = randomness;
  }

  /** A member's fact changed in the table. */
  void changed(MemberTable.Change change, Reach reach) {
    MemberTable.Known known = change.after();
    Id id = known.id();
    RingView view = membership.view();
    if (view.isComplete() || (view.covers(id) && !isJoin(change))) {
      recent.put(id, BEATS_PER_FACT);
      if (recent.size() > RECENT_MAX) {
        recent.remove(recent.keySet().iterator().next());
      }
    }
    if (reach == Reach.NEAR) {
      near.add(id);
    } else if (reach == Reach.ALL && view.isComplete()) {
      near.add(id);
      spread(known.entry(), id, 0);
    } else if (reach == Reach.ALL) {
      leafwise.add(id);
    }
    schedule(reach != Reach.BEATS);
  }

  /** Where nodes know their leaf set alone, a newcomer tells that itself, and is acknowledged. */
  private static boolean isJoin(MemberTable.Change change) {
    MemberTable.Known before = change.before();
    return change.after().state() == MemberState.JOINING
        || (change.after().state() == MemberState.ALIVE
            && (before == null || before.state() == MemberState.JOINING));
  }

  /** Whether the table's fact about a member is still to be told. */
  boolean isToBeTold(Id id) {
    return near.contains(id) || leafwise.contains(id);
  }

  private void spread(Entry entry, Id id, int row) {
    Spread before = spreading.get(id);
    spreading.put(id, new Spread(entry, before == null ? row : Math.min(row, before.row())));
  }

  private void schedule(boolean wanted) {
    if (wanted && !scheduled) {
      scheduled = true;
      scheduler.execute(this::passOn);
    }
  }

  /** A node tells facts, and perhaps whom to tell them. */
  public void news(Id from, LinkMessage.News news) {
    membership.heard(from, news.entries(), "told by node " + from.shortString());
    Integer row = news.row();
    if (row == null || row < 0 || row >= Id.DIGITS) {
      return;
    }
    for (Entry entry : news.entries()) {
      MemberTable.Fact fact = MemberTable.sound(entry);
      if (fact != null && !fact.id().equals(self) && isToBeRelayed(fact, row)) {
        spread(entry, fact.id(), row);
        schedule(true);
      }
    }
  }

  /** Not what is outdated, and not what went that way already: nobody can make it go round. */
  private boolean isToBeRelayed(MemberTable.Fact fact, int row) {
    MemberTable.Known known = table.get(fact.id());
    if (known != null
        && !known.seen().equals(fact.seen())
        && !known.isOlderThan(fact.card().incarnation(), fact.version(), fact.state())) {
      return false;
    }
    long fingerprint = MemberTable.fingerprint(fact.seen());
    Relayed before = relayed.get(fact.id());
    if (before != null && before.fingerprint() == fingerprint && before.row() <= row) {
      return false;
    }
    relayed.remove(fact.id());
    relayed.put(fact.id(), new Relayed(fingerprint, row));
    if (relayed.size() > RELAYED_MAX) {
      relayed.remove(relayed.keySet().iterator().next());
    }
    return true;
  }

  private void passOn() {
    scheduled = false;
    var letters = new TreeMap<Id, Map<Integer, List<Entry>>>();
    near.forEach(id -> tellNear(id, watchers, letters));
    leafwise.forEach(id -> tellNear(id, leavesPerSide, letters));
    if (!spreading.isEmpty()) {
      tellDelegates(letters);
    }
    near.clear();
    leafwise.clear();
    spreading.clear();
    letters.forEach((to, byRow) -> byRow.forEach((row, entries) -> send(to, entries, row)));
  }

  private static void add(Map<Id, Map<Integer, List<Entry>>> letters, Id to, int row, Entry entry) {
    letters
        .computeIfAbsent(to, receiver -> new TreeMap<>())
        .computeIfAbsent(row, wanted -> new ArrayList<>())
        .add(entry);
  }

  private void tellNear(Id id, int perSide, Map<Id, Map<Integer, List<Entry>>> letters) {
    MemberTable.Known known = table.get(id);
    if (known == null) {
      return;
    }
    for (Member neighbour : membership.view().neighbours(id, perSide)) {
      if (!neighbour.id().equals(self)) {
        add(letters, neighbour.id(), Id.DIGITS, known.entry());
      }
    }
    if (!id.equals(self)
        && (known.state() == MemberState.SUSPECT || known.state() == MemberState.DEAD)) {
      add(letters, id, Id.DIGITS, known.entry());
    }
  }

  /**
   * One member for each prefix gets what is to be spread among those that share it; one that is
   * connected, if there is one, since handshakes would be most of the cost.
   */
  private void tellDelegates(Map<Id, Map<Integer, List<Entry>>> letters) {
    List<Member> sharing = membership.view().alive();
    Set<Id> beaten = beaten();
    for (int row = 0; row < Id.DIGITS && sharing.size() > 1; row++) {
      List<Member> deeper = List.of();
      for (int digit = 0, from = 0; digit < DIGIT_VALUES; digit++) {
        int to = firstWith(sharing, row, digit + 1, from);
        List<Member> slot = sharing.subList(from, to);
        from = to;
        if (digit == self.digit(row)) {
          deeper = slot;
        } else if (!slot.isEmpty()) {
          tellOne(slot, row, beaten, letters);
        }
      }
      sharing = deeper;
    }
  }

  /** Of members in order that share so many digits the first whose next digit is that or higher. */
  private static int firstWith(List<Member> sharing, int row, int digit, int from) {
    int low = from;
    int high = sharing.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sharing.get(middle).id().digit(row) < digit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void tellOne(
      List<Member> slot, int row, Set<Id> beaten, Map<Id, Map<Integer, List<Entry>>> letters) {
    boolean beatsDo =
        row >= ROWS_TOLD
            && recent.size() <= FACTS_PER_BEAT
            && slot.size() <= beaten.size()
            && slot.stream().allMatch(member -> beaten.contains(member.id()));
    Id delegate = delegateAmong(slot);
    spreading.forEach(
        (id, spread) -> {
          Entry entry = current(id, spread.entry());
          if (spread.row() <= row
              && !(beatsDo && isKnownInShort(entry))
              && !(slot.size() == 1 && id.equals(delegate))) {
            add(letters, delegate, row + 1, entry);
          }
        });
  }

  private Id delegateAmong(List<Member> slot) {
    int first = (int) randomness.below(slot.size());
    for (int step = 0; step < Math.min(slot.size(), LINKED_LOOKED_AT_MAX); step++) {
      Id id = slot.get((first + step) % slot.size()).id();
      if (post.isLinked(id)) {
        return id;
      }
    }
    return slot.get(first).id();
  }

  /** Who gets this node's beats. */
  private Set<Id> beaten() {
    var ids = new TreeSet<Id>();
    membership.view().neighbours(self, watchers).forEach(member -> ids.add(member.id()));
    return ids;
  }

  /** Whoever knows the member needs no more than the short fact that comes with the next beat. */
  private static boolean isKnownInShort(Entry entry) {
    MemberState state = entry.state();
    return state == MemberState.DEAD || state == MemberState.LEFT;
  }

  private Entry current(Id id, Entry told) {
    MemberTable.Known known = table.get(id);
    return known == null ? told : known.entry();
  }

  private void send(Id to, List<Entry> entries, int row) {
    for (List<Entry> batch : Entry.batches(entries)) {
      post.send(to, new LinkMessage.News(batch, row < Id.DIGITS ? row : null));
    }
  }

  /** Lets a newcomer in: tells it the ring's identity and the members from which it begins. */
  public void admit(Id newcomer, String ringIdentity) {
    List<List<Entry>> members = Entry.batches(membership.forNewcomer(newcomer));
    int arcBits = membership.view().arcs().bits();
    long scale = membership.scale();
    post.send(
        newcomer,
        new LinkMessage.Joined(
            ringIdentity, arcBits, members.get(0), scale == 0 ? null : Long.valueOf(scale)));
    for (List<Entry> more : members.subList(1, members.size())) {
      post.send(newcomer, new LinkMessage.Lacking(more));
    }
  }

  /** What rides on the beats of this turn; null for nothing. */
  @Nullable List<Seen> factsForBeats() {
    if (recent.isEmpty()) {
      return null;
    }
    var facts = new ArrayList<Seen>();
    var told = new ArrayList<Id>();
    for (Map.Entry<Id, Integer> each : recent.entrySet()) {
      if (facts.size() == FACTS_PER_BEAT) {
        break;
      }
      MemberTable.Known known = table.get(each.getKey());
      if (known != null) {
        facts.add(known.seen());
      }
      told.add(each.getKey());
    }
    for (Id id : told) {
      int left = recent.remove(id) - 1;
      if (left > 0) {
        recent.put(id, left);
      }
    }
    return facts;
  }

  /** Short facts came with a neighbour's beat. */
  void shortFacts(Id from, List<Seen> facts) {
    var entries = new ArrayList<Entry>();
    var wanted = new ArrayList<Id>();
    for (Seen seen : facts.subList(0, Math.min(facts.size(), FACTS_PER_BEAT))) {
      if (seen == null || seen.id() == null || seen.state() == null) {
        continue;
      }
      MemberTable.Known known = table.get(seen.id());
      if (known == null) {
        if (seen.state().isPresent() && membership.view().covers(seen.id())) {
          wanted.add(seen.id());
        }
      } else if (known.isOlderThan(seen.incarnation(), seen.version(), seen.state())) {
        // What a member said last of itself before it went does not matter any more.
        boolean needsNoCard =
            known.card().incarnation() == seen.incarnation()
                && (known.version() == seen.version() || !seen.state().isPresent());
        if (needsNoCard) {
          entries.add(new Entry(known.raw(), seen.version(), seen.state()));
        } else {
          wanted.add(seen.id());
        }
      }
    }
    if (!entries.isEmpty()) {
      membership.heard(from, entries, "told by node " + from.shortString());
    }
    if (!wanted.isEmpty()) {
      post.send(from, new LinkMessage.Want(wanted));
    }
  }

  /** Begins to compare tables with a node whose digest differs. */
  void compareWith(Id node) {
    post.send(node, new LinkMessage.Sums(table.sums()));
  }

  /** A node says in sums what it knows: it is told what this node knows where they differ. */
  public void sums(Id from, LinkMessage.Sums sums) {
    List<Long> mine = table.sums();
    var parts = new ArrayList<Integer>();
    for (int part = 0; part < mine.size() && part < sums.sums().size(); part++) {
      if (!mine.get(part).equals(sums.sums().get(part))) {
        parts.add(part);
      }
    }
    var byPart = new TreeMap<Integer, List<Seen>>();
    parts.forEach(part -> byPart.put(part, new ArrayList<>()));
    for (Seen seen : table.seen(parts)) {
      byPart.computeIfAbsent(MemberTable.partOf(seen.id()), part -> new ArrayList<>()).add(seen);
    }
    var told = new ArrayList<Integer>();
    var facts = new ArrayList<Seen>();
    byPart.forEach(
        (part, seen) -> {
          if (!told.isEmpty() && facts.size() + seen.size() > SEEN_PER_MESSAGE) {
            post.send(from, new LinkMessage.Have(List.copyOf(told), List.copyOf(facts)));
            told.clear();
            facts.clear();
          }
          told.add(part);
          facts.addAll(seen);
        });
    if (!told.isEmpty()) {
      post.send(from, new LinkMessage.Have(told, facts));
    }
  }

  /**
   * A node says in short what it knows: it gets what it lacks and is asked for what it has more. Of
   * departed members that one of the two has forgotten neither reminds the other, or they would
   * never be forgotten.
   */
  public void have(Id from, LinkMessage.Have have) {
    var parts = new LinkedHashSet<>(have.parts());
    var theirs = new TreeMap<Id, Seen>();
    for (Seen seen : have.seen()) {
      if (seen != null && seen.id() != null && seen.state() != null) {
        theirs.put(seen.id(), seen);
      }
    }
    var newer = new ArrayList<Entry>();
    for (MemberTable.Known known : table.all()) {
      Seen seen = theirs.get(known.id());
      if (parts.contains(MemberTable.partOf(known.id()))
          && (seen == null ? known.state().isPresent() : isNewer(known, seen))) {
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
    tellLacking(from, newer);
    if (!wanted.isEmpty()) {
      post.send(from, new LinkMessage.Want(wanted));
    }
  }

  private static boolean isNewer(MemberTable.Known known, Seen seen) {
    return !known.seen().equals(seen)
        && !known.isOlderThan(seen.incarnation(), seen.version(), seen.state());
  }

  private void tellLacking(Id to, List<Entry> entries) {
    if (!entries.isEmpty()) {
      Entry.batches(entries).forEach(batch -> post.send(to, new LinkMessage.Lacking(batch)));
    }
  }

  /** A node asks for facts. */
  public void want(Id from, LinkMessage.Want want) {
    var entries = new ArrayList<Entry>();
    for (Id id : new LinkedHashSet<>(want.ids())) {
      MemberTable.Known known = id == null ? null : table.get(id);
      if (known != null && entries.size() < membersMax) {
        entries.add(known.entry());
      }
    }
    tellLacking(from, entries);
  }

  /**
   * A comparison brought up what this node lacks. Who is held dead there and alive here is no more
   * than suspected: the other may come from a part of the ring that was cut off, and the accused is
   * to be heard.
   */
  public void lacking(Id from, LinkMessage.Lacking lacking) {
    var entries = new ArrayList<Entry>();
    for (Entry entry : lacking.entries()) {
      MemberTable.Fact fact = MemberTable.sound(entry);
      if (fact == null) {
        continue;
      }
      MemberTable.Known known = table.get(fact.id());
      boolean disputed =
          known != null
              && !fact.id().equals(self)
              && fact.state() == MemberState.DEAD
              && known.state().isPresent()
              && known.card().incarnation() == fact.card().incarnation()
              && known.version() == fact.version();
      if (disputed) {
        membership.suspect(fact.id(), "node " + from.shortString() + " holds it for dead");
      } else {
        entries.add(entry);
      }
    }
    membership.heard(from, entries, "named by node " + from.shortString());
  }
}
