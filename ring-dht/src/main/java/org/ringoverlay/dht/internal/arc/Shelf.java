package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply.Accepted;
import org.ringoverlay.dht.internal.wire.CopyReply.Fetched;
import org.ringoverlay.dht.internal.wire.CopyReply.Promise;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Fingerprint;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * What one node keeps and has promised: the acceptor of Paxos, one per arc, with a register per key
 * and the configuration.
 *
 * <p>Once a ballot is promised for an arc nothing of an older one is kept, so that a daddy that was
 * replaced, or slept, finds out at the first node that it asks. Of a key the register of the newer
 * ballot is kept, and under one ballot the one of the higher version.
 *
 * <p>What changes is kept by the {@link Journal} a little later: whoever tells of what the shelf
 * holds, or counts it, waits for {@link #whenKept}. Bounded in records; the promises are bounded by
 * the number of arcs. On the loop.
 *
 * @see <a href="https://arxiv.org/abs/1802.07000">Rystsov 2018, CASPaxos, section 2.2</a>
 */
final class Shelf {
  private final ByArc<Arc> arcs = new ByArc<>();
  private final Journal journal;
  private final Grants grants;
  private final int recordsMax;
  private final Floors floors = new Floors(this);
  private IntConsumer whenGivenUp = arc -> {};
  private int records;

  private static final class Arc {
    private Ballot promised = Ballot.NONE;
    private @Nullable Configuration configuration;

    /** Whether this node was a member and has not been told that it is none any more. */
    private boolean member;

    /** The newest epoch under which registers were kept. */
    private long filled;

    private Floor floor = Floor.NONE;

    private final TreeMap<String, Register> registers = new TreeMap<>();
    private final Fingerprints fingerprints = new Fingerprints();

    /** How many of the registers are tombstones. */
    private int tombstones;
  }

  /** Makes one that holds what its journal found. */
  Shelf(Journal journal, Grants grants, int recordsMax) {
    this.journal = journal;
    this.grants = grants;
    this.recordsMax = recordsMax;
    journal.takeFound(
        (index, saved) -> {
          Arc arc = arc(index);
          arc.promised = saved.promised();
          grants.startsAgain();
          arc.configuration = saved.configuration();
          arc.member = saved.member();
          arc.filled = saved.filled();
          arc.floor = new Floor(saved.floor(), saved.floorRound());
        },
        found -> {
          Arc arc = arc(found.arc());
          arc.registers.put(found.key(), found.register());
          arc.tombstones += found.register().deleted() ? 1 : 0;
          arc.fingerprints.changed(found.key(), null, found.register(), arc.registers);
          records++;
        });
  }

  /**
   * The node is in a ring: what was kept for another one is forgotten.
   *
   * @param fresh the number of the store if it is a new one
   */
  void enter(String ringIdentity, long fresh) {
    if (!journal.belongsTo(ringIdentity, fresh)) {
      arcs.clear();
      records = 0;
    }
  }

  /** Whether there was a disk with what this node had promised in this ring before it started. */
  boolean comesBack() {
    return journal.comesBack();
  }

  /**
   * What it holds is older than what this node said of it: all of that is forgotten, and what there
   * will be is another store.
   */
  void renew(long fresh) {
    arcs.forEach(
        (index, arc) -> {
          arc.registers.forEach((key, register) -> journal.removed(index, key, register));
          journal.removed(index);
        });
    arcs.clear();
    records = 0;
    journal.renew(fresh);
  }

  /** Tells of an arc whose ballot was replaced because a majority of it was given up elsewhere. */
  void whenGivenUp(IntConsumer told) {
    whenGivenUp = told;
  }

  /** Whether what it holds outlives the process. */
  boolean isDurable() {
    return journal.isDurable();
  }

  /** Whether all that it holds is kept, so that it may be told and counted. */
  boolean isKept() {
    return journal.isKept();
  }

  /** Runs this when all that it holds now is kept; at once if it is. */
  void whenKept(Runnable then) {
    journal.whenKept(then);
  }

  /** The node and its store. */
  Voter self() {
    return journal.self();
  }

  /** This node founded the ring: it alone decides in all of these arcs. */
  void found(int count) {
    for (int index = 0; index < count; index++) {
      Arc arc = arc(index);
      arc.configuration = Configuration.founded(self());
      arc.member = true;
      keep(index, arc);
    }
    // Before the identity says that this node is in a ring, which is saved on the same thread.
    journal.write();
  }

  private Arc arc(int index) {
    Arc present = arcs.get(index);
    if (present == null) {
      present = new Arc();
      arcs.put(index, present);
    }
    return present;
  }

  /** Promises a ballot if no newer one was promised, and lists all registers. */
  Promise prepare(CopyRequest.Prepare request) {
    return prepare(request, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * Promises a ballot if no newer one was promised and no lease forbids it, and lists the registers
   * after a key, as many as fit, but at least one if there is any.
   */
  Promise prepare(CopyRequest.Prepare request, int headsMax, long bytesMax) {
    int index = request.arc();
    Ballot ballot = request.ballot();
    String after = request.after();
    Arc arc = arc(index);
    if (!stands(arc, ballot, request.relieved())) {
      return new Promise(false, arc.promised, self().store(), arc.configuration, List.of(), false);
    }
    promise(index, arc, ballot);
    var heads = new ArrayList<Head>();
    boolean more = false;
    long bytes = 0;
    for (Map.Entry<String, Register> held : arc.registers.tailMap(after, false).entrySet()) {
      Register register = held.getValue();
      var head = new Head(held.getKey(), register.version(), register.accepted());
      bytes += head.sizeBytesMax();
      if (heads.size() == headsMax || (bytes > bytesMax && !heads.isEmpty())) {
        more = true;
        break;
      }
      heads.add(head);
    }
    return new Promise(true, ballot, self().store(), arc.configuration, heads, more)
        .above(arc.floor.version());
  }

  /**
   * Keeps registers and a configuration, all or none.
   *
   * @throws RingException.Refused if there is no room for new registers
   */
  Accepted accept(CopyRequest.Accept request) {
    Arc arc = arc(request.arc());
    Ballot ballot = request.ballot();
    if (!stands(arc, ballot, null)) {
      return new Accepted(false, arc.promised, self().store(), List.of());
    }
    List<Entry> entries = request.entries();
    if (recordsMax - records < entries.size() && records + fresh(arc, entries) > recordsMax) {
      throw new RingException.Refused(
          "This node holds " + records + " records; ring.dht.records.max is " + recordsMax + ".");
    }
    String full = journal.full();
    if (full != null && changes(arc, entries)) {
      throw new RingException.Refused(full);
    }
    promise(request.arc(), arc, ballot);
    Configuration proposed = request.configuration();
    if (proposed != null) {
      enterGeneration(request.arc(), arc, proposed);
      arc.configuration = Configuration.newer(arc.configuration, proposed);
      arc.member |= proposed.has(self());
      keep(request.arc(), arc);
      if (request.decided() && proposed.equals(arc.configuration) && !proposed.has(self())) {
        drop(request.arc(), arc);
        return new Accepted(true, ballot, self().store(), List.of());
      }
    }
    if (!entries.isEmpty() && request.epoch() > arc.filled) {
      arc.filled = request.epoch();
      keep(request.arc(), arc);
    }
    var behind = new ArrayList<String>();
    for (Entry entry : entries) {
      if (!keep(request.arc(), arc, entry, ballot.round())) {
        behind.add(entry.key());
      }
    }
    return new Accepted(true, ballot, self().store(), behind);
  }

  private static long fresh(Arc arc, List<Entry> entries) {
    return entries.stream().filter(entry -> !arc.registers.containsKey(entry.key())).count();
  }

  private static boolean changes(Arc arc, List<Entry> entries) {
    return entries.stream()
        .anyMatch(entry -> Register.versionOf(arc.registers.get(entry.key())) != entry.version());
  }

  private void promise(int index, Arc arc, Ballot ballot) {
    if (!ballot.equals(arc.promised)) {
      arc.promised = ballot;
      keep(index, arc);
    }
  }

  private void keep(int index, Arc arc) {
    journal.arc(
        index,
        new Journal.SavedArc(
            arc.promised,
            arc.configuration,
            arc.member,
            arc.filled,
            arc.floor.version(),
            arc.floor.round()));
  }

  /** Keeps a register; false if it can only be kept whole. */
  private boolean keep(int index, Arc arc, Entry entry, long round) {
    Register held = arc.registers.get(entry.key());
    long version = Register.versionOf(held);
    if (held != null && held.accepted() == round && version > entry.version()) {
      return true;
    }
    if (version != entry.version() && arc.floor.isBelow(entry.version(), round)) {
      return false;
    }
    if (held != null && version == entry.version()) {
      if (held.accepted() != round) {
        put(index, arc, entry.key(), held.acceptedUnder(round));
      }
      return true;
    }
    if (entry.base() != Entry.WHOLE && entry.base() != version) {
      return false;
    }
    put(index, arc, entry.key(), Register.of(entry, held).acceptedUnder(round));
    return true;
  }

  /** Forgets registers of attempts that came to nothing, those that are still the same. */
  Accepted forget(CopyRequest.Forget request) {
    Arc arc = arc(request.arc());
    Ballot ballot = request.ballot();
    boolean granted = stands(arc, ballot, null);
    if (granted) {
      promise(request.arc(), arc, ballot);
      floor(request.arc(), arc.floor.heard(request.floor()));
      for (Head head : request.heads()) {
        Register held = arc.registers.get(head.key());
        // What was accepted under this ballot the daddy has proposed since.
        if (held != null
            && held.version() == head.version()
            && held.accepted() == head.accepted()
            && held.accepted() < ballot.round()) {
          take(request.arc(), arc, head.key());
        }
      }
    }
    return new Accepted(granted, arc.promised, self().store(), List.of());
  }

  /** Promises a ballot if no newer one was promised. */
  Accepted check(int index, Ballot ballot) {
    Arc arc = arc(index);
    boolean granted = stands(arc, ballot, null);
    if (granted) {
      promise(index, arc, ballot);
    }
    return new Accepted(granted, arc.promised, self().store(), List.of());
  }

  /** The registers of these keys, as many as fit, but at least one if there is any. */
  Fetched fetch(int index, List<String> keys, long bytesMax) {
    var found = new ArrayList<Entry>();
    long bytes = 0;
    for (String key : keys) {
      Register register = register(index, key);
      if (register != null) {
        Entry entry = register.whole(key);
        bytes += entry.sizeBytesMax();
        if (bytes > bytesMax && !found.isEmpty()) {
          break;
        }
        found.add(entry);
      }
    }
    return new Fetched(found);
  }

  @Nullable Register register(int index, String key) {
    Arc arc = arcs.get(index);
    return arc == null ? null : arc.registers.get(key);
  }

  /** Its part in collecting tombstones. */
  Floors floors() {
    return floors;
  }

  /** Up to which version of an arc tombstones may have been collected. */
  Floor floor(int index) {
    Arc arc = arcs.get(index);
    return arc == null ? Floor.NONE : arc.floor;
  }

  /** An arc's floor is this now. It is kept before what is dropped because of it. */
  void floor(int index, Floor floor) {
    Arc arc = arc(index);
    if (!floor.equals(arc.floor)) {
      arc.floor = floor;
      keep(index, arc);
    }
  }

  /** A register is to be here no more, because of the floor. */
  void drop(int index, String key) {
    take(index, arc(index), key);
  }

  /** How many tombstones there are of an arc. */
  int tombstones(int index) {
    Arc arc = arcs.get(index);
    return arc == null ? 0 : arc.tombstones;
  }

  /** How many tombstones there are of all arcs in which this node has a voice. */
  long tombstones() {
    long[] sum = new long[1];
    arcs.forEach(
        (index, arc) -> {
          Configuration known = arc.configuration;
          sum[0] += known != null && known.has(self()) ? arc.tombstones : 0;
        });
    return sum[0];
  }

  Ballot promised(int index) {
    Arc arc = arcs.get(index);
    return arc == null ? Ballot.NONE : arc.promised;
  }

  /** Whether there is room for one more key. */
  boolean hasRoom() {
    return records < recordsMax;
  }

  /** How many registers there are, tombstones included. */
  int records() {
    return records;
  }

  /** The newest configuration of an arc that this node has met, null if none. */
  @Nullable Configuration configuration(int index) {
    Arc arc = arcs.get(index);
    return arc == null ? null : arc.configuration;
  }

  /** Another node has met a configuration. */
  void met(int index, Configuration configuration) {
    Arc arc = arc(index);
    Configuration newer = Configuration.newer(arc.configuration, configuration);
    if (newer != null && !newer.equals(arc.configuration)) {
      enterGeneration(index, arc, newer);
      arc.configuration = newer;
      // Whoever counts on this node has not told it yet.
      arc.member |= newer.has(self());
      keep(index, arc);
    }
  }

  /**
   * A majority that was lost was given up, and who goes on has decided without what is here: it
   * counts for nothing any more, and no ballot of before is promised or kept to.
   */
  private void enterGeneration(int index, Arc arc, Configuration configuration) {
    long generation = Versions.generationOf(configuration.round());
    Configuration present = arc.configuration;
    if (generation == 0
        || (present != null
            && (generation <= Versions.generationOf(present.round())
                || configuration.compareTo(present) <= 0))) {
      return;
    }
    List<String> old =
        arc.registers.entrySet().stream()
            .filter(each -> Versions.generationOf(each.getValue().accepted()) < generation)
            .map(Map.Entry::getKey)
            .toList();
    old.forEach(key -> take(index, arc, key));
    if (Versions.generationOf(arc.promised.round()) < generation) {
      arc.promised = new Ballot(configuration.round(), Id.ZERO, 0);
      whenGivenUp.accept(index);
      arc.member = false;
      arc.filled = 0;
    }
  }

  /**
   * This node alone keeps an arc from now on, with these registers, because a majority of those
   * that did is lost: all of it is kept in one commit, or nothing.
   *
   * @param ballot of a generation after that of everything that this node has met of the arc
   * @throws RingException.Refused if there is no room, or another ballot was promised meanwhile
   */
  void succeed(
      int index, Ballot ballot, Configuration configuration, Map<String, Register> registers) {
    Arc arc = arc(index);
    if (!arc.promised.equals(ballot)) {
      throw new RingException.Refused(
          "Arc " + index + " is another daddy's meanwhile: look again.");
    }
    int after = records - arc.registers.size() + registers.size();
    String full = journal.full();
    if (after > recordsMax || full != null) {
      throw new RingException.Refused(
          full != null
              ? full
              : "This node holds "
                  + records
                  + " records; ring.dht.records.max is "
                  + recordsMax
                  + ".");
    }
    for (String key : List.copyOf(arc.registers.keySet())) {
      if (!registers.containsKey(key)) {
        take(index, arc, key);
      }
    }
    registers.forEach((key, register) -> put(index, arc, key, register));
    arc.promised = ballot;
    arc.configuration = configuration;
    arc.member = true;
    arc.filled = configuration.epoch();
    arc.floor = arc.floor.unfilled();
    keep(index, arc);
  }

  /**
   * The arcs in which this node has a voice, or had one and has not been told that the others
   * decide without it, in order.
   */
  List<Integer> voiced() {
    var voiced = new ArrayList<Integer>();
    arcs.forEach(
        (index, arc) -> {
          if (arc.member) {
            voiced.add(index);
          }
        });
    return voiced;
  }

  /** The daddy says that a configuration is decided. */
  void decided(int index, Configuration configuration) {
    Arc arc = arc(index);
    if (configuration.equals(arc.configuration) && !configuration.has(self())) {
      drop(index, arc);
    }
  }

  /** Whether something in an arc is to vanish in time. */
  boolean expires(int index) {
    Arc arc = arcs.get(index);
    return arc != null
        && arc.registers.values().stream()
            .anyMatch(register -> register.ttlMillis() > 0 && !register.deleted());
  }

  /** What there is of an arc, in the order of the keys; not to be changed. */
  NavigableMap<String, Register> registers(int index) {
    Arc arc = arcs.get(index);
    return arc == null
        ? Collections.emptyNavigableMap()
        : Collections.unmodifiableNavigableMap(arc.registers);
  }

  /** The fingerprint of what there is of an arc under hashes that begin with these bits. */
  Fingerprint fingerprint(int index, int bits, long prefix) {
    Arc arc = arcs.get(index);
    return arc == null ? Fingerprint.NOTHING : arc.fingerprints.of(bits, prefix, arc.registers);
  }

  /** How many registers that is. */
  int records(int index, int bits, long prefix) {
    Arc arc = arcs.get(index);
    return arc == null ? 0 : arc.fingerprints.count(bits, prefix, arc.registers);
  }

  /** How many registers there are of an arc. */
  int records(int index) {
    Arc arc = arcs.get(index);
    return arc == null ? 0 : arc.registers.size();
  }

  /**
   * This node has left an arc. What it was sent since, because it is to be a member again, it
   * keeps: the daddy counts on it.
   */
  private void drop(int index, Arc arc) {
    arc.member = false;
    keep(index, arc);
    Configuration without = arc.configuration;
    if (without != null && arc.filled >= without.epoch()) {
      return;
    }
    arc.registers.forEach((key, register) -> journal.removed(index, key, register));
    records -= arc.registers.size();
    arc.registers.clear();
    arc.fingerprints.clear();
    arc.tombstones = 0;
    floor(index, arc.floor.unfilled());
  }

  /** A register is here no more. */
  private void take(int index, Arc arc, String key) {
    Register held = arc.registers.get(key);
    if (held != null) {
      journal.removed(index, key, held);
      arc.registers.remove(key);
      arc.fingerprints.changed(key, held, null, arc.registers);
      records--;
      arc.tombstones -= held.deleted() ? 1 : 0;
    }
  }

  private void put(int index, Arc arc, String key, Register register) {
    // The journal first: what it should refuse must not be here either.
    Register before = arc.registers.get(key);
    journal.register(index, key, before, register);
    arc.registers.put(key, register);
    arc.fingerprints.changed(key, before, register, arc.registers);
    arc.tombstones += (register.deleted() ? 1 : 0) - (before != null && before.deleted() ? 1 : 0);
    if (before == null) {
      records++;
    }
  }

  /**
   * Whether nothing newer was promised, and no lease of the daddy of what was promised keeps this
   * node from promising anybody else's ballot.
   */
  private boolean stands(Arc arc, Ballot ballot, @Nullable Ballot relieved) {
    Ballot promised = arc.promised;
    if (ballot.equals(promised)) {
      return true;
    }
    if (ballot.round() <= promised.round()) {
      return false;
    }
    Id former = promised.daddy();
    return promised.round() == 0
        || former.equals(ballot.daddy())
        || former.equals(self().node())
        || promised.equals(relieved)
        || !grants.bind(former);
  }
}
