package org.ringoverlay.dht.internal.arc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.json.JsonBinding;
import org.ringoverlay.json.Sparse;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Table;

/**
 * How a {@link Shelf} is kept in a table, and found again.
 *
 * <p>{@code m} names the store; {@code a} an arc's promise and configuration; {@code r} a register
 * without its operations, and {@code o} one operation of it each, in one of 128 places, so that a
 * change of a key writes its value and one operation, whatever it remembers. An arc is named by the
 * length of its prefix and its number. {@code c} is the number of the commit, which each commit
 * writes, and {@code s} the highest that was seen of another node's store. Values are JSON.
 *
 * <p>On the loop, but for {@link #of}.
 */
final class Journal {
  private static final byte STORE = 'm';
  private static final byte ARC = 'a';
  private static final byte OPERATION = 'o';
  private static final byte REGISTER = 'r';
  private static final byte NUMBER = 'c';
  private static final byte SEEN = 's';
  private static final int ARC_NAME_BYTES = 6;

  /** As long as an arc's name, for versions before this one look for an arc in every name. */
  private static final byte[] COMMIT = {NUMBER, 0, 0, 0, 0, 0};

  private static final int PLACE_BYTES = 1;

  /** In the first one operations had versions for places; no release wrote it. */
  private static final int FORMAT = 2;

  /** Not by way of {@link Json}: what holds a value as deep as one may be is deeper itself. */
  private static final JsonBinding BINDING = JsonBinding.standard();

  private final Commits commits;
  private final IntSupplier arcBits;
  private final @Nullable Table table;
  private final Sightings sightings;
  private Voter self;

  /** The ring for which the table was written, empty if it is fresh. */
  private String ring;

  private boolean comesBack;

  private Reading found;

  /**
   * Whose table it is.
   *
   * @param format of what the table holds
   * @param store the store's number
   * @param ring the identity of the ring for which it was written
   */
  record SavedStore(int format, long store, String ring) {}

  /**
   * What is kept of an arc.
   *
   * @param promised the highest ballot that was promised
   * @param configuration the newest configuration that was met, null if none
   * @param member whether this node was a member and was not told that it is none any more
   * @param filled the newest epoch under which registers were kept
   * @param floor the version up to which tombstones may have been collected
   * @param floorRound the round under which this node holds no less up to that than its daddy
   */
  @Sparse
  record SavedArc(
      Ballot promised,
      @Nullable Configuration configuration,
      boolean member,
      long filled,
      long floor,
      long floorRound) {}

  /**
   * What is kept of a register, but for its operations.
   *
   * @param version its version
   * @param written the version under which its value was written
   * @param deleted whether it is a tombstone
   * @param value its value
   * @param ttlMillis after how many milliseconds it is to vanish, 0 for never
   * @param forgotten the version of the newest operation that it has forgotten
   * @param accepted the round of the ballot under which it was accepted
   */
  @Sparse
  record SavedRegister(
      long version,
      long written,
      boolean deleted,
      Json value,
      long ttlMillis,
      long forgotten,
      long accepted) {}

  /** A register that was found. */
  record Found(int arc, String key, Register register) {}

  private Journal(
      Voter self,
      Scheduler scheduler,
      IntSupplier arcBits,
      @Nullable Table table,
      String ring,
      Reading found) {
    this.self = self;
    this.sightings = found.sightings;
    this.commits = new Commits(table, scheduler, found.commit, this::beside);
    this.arcBits = arcBits;
    this.table = table;
    this.ring = ring;
    this.found = found;
  }

  /** Keeps nothing: of a node whose copies end with its process. */
  static Journal inMemory(Voter self, Scheduler scheduler) {
    return new Journal(self, scheduler, () -> 0, null, "", new Reading());
  }

  /**
   * Finds what a table holds. Blocks, while the node is built.
   *
   * @param fresh the number of the store if it is a new one
   * @throws RingException.Unavailable if it is damaged
   * @throws RingException.Incompatible if a newer version wrote it
   */
  static Journal of(Table table, Id node, long fresh, IntSupplier arcBits, Scheduler scheduler) {
    var reading = new Reading();
    table.read(reading);
    SavedStore saved = reading.store;
    return new Journal(
        new Voter(node, saved == null ? fresh : saved.store()),
        scheduler,
        arcBits,
        table,
        saved == null ? "" : saved.ring(),
        saved == null ? new Reading() : reading);
  }

  /**
   * The node is in a ring now. What was kept for another one, of which the node never came to know
   * that it was in it, counts for nothing, and this is another store.
   *
   * @param ringIdentity the ring's identity
   * @param fresh the number of the store if it is a new one
   * @return whether what was found counts
   */
  boolean belongsTo(String ringIdentity, long fresh) {
    Table kept = table;
    if (kept == null || ring.equals(ringIdentity)) {
      comesBack = kept != null;
      return true;
    }
    if (!ring.isEmpty()) {
      kept.read((name, value) -> commits.add(Table.Change.remove(name)));
      self = new Voter(self.node(), fresh);
      sightings.clear();
    }
    boolean sound = ring.isEmpty();
    ring = ringIdentity;
    put(new byte[] {STORE}, new SavedStore(FORMAT, self.store(), ring));
    return sound;
  }

  /** Whether the table was written in this ring before this process began. */
  boolean comesBack() {
    return comesBack;
  }

  /** From now on this is another store. What the former one held has been removed. */
  void renew(long fresh) {
    self = new Voter(self.node(), fresh);
    if (isDurable()) {
      put(new byte[] {STORE}, new SavedStore(FORMAT, self.store(), ring));
    }
  }

  /** How far the stores of others were seen to be. */
  Sightings sightings() {
    return sightings;
  }

  /** The number of the newest commit that is on the disk, 0 without a disk. */
  long commit() {
    return commits.kept();
  }

  /** The number of the commit by which all that was changed is kept, 0 without a disk. */
  long commitOfAll() {
    return commits.ofAll();
  }

  /** What each commit writes beside the changes. */
  private List<Table.Change> beside(long number) {
    var more = new ArrayList<Table.Change>();
    more.add(Table.Change.put(COMMIT, Json.of(number).bytes()));
    sightings.takeDue(
        (voter, commit) -> more.add(Table.Change.put(seenName(voter), Json.of(commit).bytes())),
        voter -> more.add(Table.Change.remove(seenName(voter))));
    return more;
  }

  private static byte[] seenName(Voter voter) {
    byte[] name = new byte[ARC_NAME_BYTES + Id.BYTES + Long.BYTES];
    name[0] = SEEN;
    voter.node().write(name, ARC_NAME_BYTES);
    ByteBuffer.wrap(name).putLong(ARC_NAME_BYTES + Id.BYTES, voter.store());
    return name;
  }

  /** Writes what was changed at once, and not only after this turn of the loop. */
  void write() {
    commits.flush();
  }

  /** The node and its store. */
  Voter self() {
    return self;
  }

  /** Whether what is kept outlives the process. */
  boolean isDurable() {
    return table != null;
  }

  /** Gives all arcs and registers that were found, once. */
  void takeFound(BiConsumer<Integer, SavedArc> arc, Consumer<Found> register) {
    found.arcs.forEach(arc);
    found.registers.forEach(register);
    found = new Reading();
  }

  /** Whether all that was changed is kept. */
  boolean isKept() {
    return commits.areKept();
  }

  /** Runs this when all that was changed until now is kept; at once if it is. */
  void whenKept(Runnable then) {
    commits.whenKept(then);
  }

  /** Why no new values can be kept, null if they can. */
  @Nullable String full() {
    return commits.full();
  }

  /** An arc is this now. */
  void arc(int arc, SavedArc saved) {
    if (isDurable()) {
      put(name(ARC, arc, 0).array(), saved);
    }
  }

  /** Nothing is kept of an arc any more; its registers are removed one by one. */
  void removed(int arc) {
    if (isDurable()) {
      commits.add(Table.Change.remove(name(ARC, arc, 0).array()));
    }
  }

  /** A register is this now, and was that before. */
  void register(int arc, String key, @Nullable Register before, Register after) {
    if (!isDurable()) {
      return;
    }
    put(
        name(REGISTER, arc, key),
        new SavedRegister(
            after.version(),
            after.written(),
            after.deleted(),
            after.value(),
            after.ttlMillis(),
            after.operations().forgotten(),
            after.accepted()));
    OperationWindow former = before == null ? OperationWindow.EMPTY : before.operations();
    if (former != after.operations()) {
      former.becomes(
          after.operations(),
          (place, made) -> put(operationName(arc, key, place), made),
          (place, gone) -> commits.add(Table.Change.remove(operationName(arc, key, place))));
    }
  }

  /** A register is here no more. */
  void removed(int arc, String key, Register register) {
    if (isDurable()) {
      commits.add(Table.Change.remove(name(REGISTER, arc, key)));
      register
          .operations()
          .forEach(
              (place, operation) ->
                  commits.add(Table.Change.remove(operationName(arc, key, place))));
    }
  }

  private void put(byte[] name, Object value) {
    commits.add(Table.Change.put(name, BINDING.write(value)));
  }

  private ByteBuffer name(byte kind, int arc, int more) {
    return ByteBuffer.allocate(ARC_NAME_BYTES + more)
        .put(kind)
        .put((byte) arcBits.getAsInt())
        .putInt(arc);
  }

  private byte[] name(byte kind, int arc, String key) {
    byte[] text = key.getBytes(StandardCharsets.UTF_8);
    return name(kind, arc, text.length).put(text).array();
  }

  private byte[] operationName(int arc, String key, int place) {
    byte[] text = key.getBytes(StandardCharsets.UTF_8);
    return name(OPERATION, arc, text.length + PLACE_BYTES).put(text).put((byte) place).array();
  }

  /** What a table holds, as it is read. */
  private static final class Reading implements BiConsumer<byte[], byte[]> {
    /** An operation and where it is kept. */
    private record Placed(int place, Operation operation) {
      static final Comparator<Placed> BY_VERSION =
          Comparator.comparingLong(placed -> placed.operation().version());
    }

    private final Map<Integer, SavedArc> arcs = new TreeMap<>();
    private final Map<String, List<Placed>> operations = new TreeMap<>();
    private final List<Found> registers = new ArrayList<>();
    private final Sightings sightings = new Sightings();
    private long commit;
    private @Nullable SavedStore store;

    @Override
    public void accept(byte[] name, byte[] value) {
      try {
        if (name.length == 1 && name[0] == STORE) {
          store = as(value, SavedStore.class);
          if (store.format() < FORMAT) {
            throw new RingException.Incompatible(
                "The records in the data directory have format "
                    + store.format()
                    + ", which no release wrote, and this version knows format "
                    + FORMAT
                    + " alone: move the directory away and start the node with seeds. Nothing was"
                    + " changed.");
          }
          if (store.format() > FORMAT) {
            throw new RingException.Incompatible(
                "The records in the data directory have format "
                    + store.format()
                    + ", and this version knows formats up to "
                    + FORMAT
                    + ": start the version that wrote them, or a newer one. Nothing was changed.");
          }
          return;
        }
        ByteBuffer rest = ByteBuffer.wrap(name, 2, name.length - 2);
        int arc = rest.getInt();
        switch (name[0]) {
          case ARC -> arcs.put(arc, as(value, SavedArc.class));
          case OPERATION -> {
            String key = text(name, name.length - PLACE_BYTES);
            operations
                .computeIfAbsent(arc + "/" + key, unused -> new ArrayList<>())
                .add(new Placed(name[name.length - PLACE_BYTES], as(value, Operation.class)));
          }
          case SEEN -> {
            Id node = Id.read(name, ARC_NAME_BYTES);
            long seenStore = ByteBuffer.wrap(name).getLong(ARC_NAME_BYTES + Id.BYTES);
            sightings.found(new Voter(node, seenStore), as(value, long.class));
          }
          case NUMBER -> commit = as(value, long.class);
          case REGISTER -> found(arc, text(name, name.length), as(value, SavedRegister.class));
          default -> {
            // A newer version keeps more, under the same format: it does not matter here.
          }
        }
      } catch (RingException.Incompatible newer) {
        throw newer;
      } catch (RuntimeException damaged) {
        throw new RingException.Unavailable(
            "The records in the data directory hold what was never written there: move the"
                + " directory away and start the node with seeds, and the other members give it"
                + " its copies.");
      }
    }

    private void found(int arc, String key, SavedRegister saved) {
      List<Placed> remembered = operations.remove(arc + "/" + key);
      OperationWindow window =
          remembered == null
              ? OperationWindow.of(List.of(), saved.forgotten())
              : window(remembered, saved.forgotten());
      registers.add(
          new Found(
              arc,
              key,
              new Register(
                  saved.version(),
                  saved.written(),
                  saved.deleted(),
                  saved.value(),
                  window,
                  saved.ttlMillis(),
                  saved.accepted())));
    }

    /** The places go round, so the oldest comes behind those that are empty. */
    private static OperationWindow window(List<Placed> remembered, long forgotten) {
      List<Placed> ordered = new ArrayList<>(remembered);
      ordered.sort(Comparator.comparingInt(Placed::place));
      int oldest = 0;
      int gaps = 0;
      for (int at = 0; at < ordered.size(); at++) {
        int before = ordered.get(at == 0 ? ordered.size() - 1 : at - 1).place();
        if (ordered.get(at).place() != (before + 1) % OperationWindow.OPERATIONS_MAX) {
          oldest = at;
          gaps++;
        }
      }
      if (gaps == 0) {
        oldest = ordered.indexOf(Collections.min(ordered, Placed.BY_VERSION));
      }
      if (gaps > 1) {
        throw new IllegalStateException("operations are not in their places");
      }
      Collections.rotate(ordered, -oldest);
      List<Operation> operations = ordered.stream().map(Placed::operation).toList();
      return OperationWindow.of(operations, forgotten, ordered.get(0).place());
    }

    private static <T> T as(byte[] value, Class<T> type) {
      return BINDING.read(value, 0, value.length, type);
    }

    private static String text(byte[] name, int end) {
      return new String(name, ARC_NAME_BYTES, end - ARC_NAME_BYTES, StandardCharsets.UTF_8);
    }
  }
}
