package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CommitNumber;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Table;

class JournalTest {
  private static final Id NODE = Id.of("node");
  private static final int ARC = 3;
  private static final String KEY = "default\0key";
  private static final Ballot BALLOT = new Ballot(4, NODE, 9);

  private final Disk disk = new Disk();
  private final Loop loop = new Loop();

  private Journal open(long fresh) {
    return Journal.of(disk, NODE, fresh, () -> 12, loop);
  }

  private Shelf shelf(long fresh) {
    var shelf = new Shelf(open(fresh), new Grants(() -> 0, true), 100);
    shelf.enter("ring", fresh + 1_000);
    return shelf;
  }

  private static Entry entry(long version, long base, String... operations) {
    var made = new ArrayList<Operation>();
    for (String id : operations) {
      made.add(Operation.made(id, version, base > 0, 0));
    }
    return Entry.made(KEY, version, false, Json.of(version), base, made);
  }

  private static Entry whole(long version, Operation... operations) {
    return Entry.made(KEY, version, false, Json.of(version), Entry.WHOLE, List.of(operations));
  }

  private static void accept(Shelf shelf, Entry entry) {
    shelf.accept(CopyRequest.Accept.registers(ARC, BALLOT, 1, List.of(entry)));
  }

  private void settle(Shelf shelf) {
    while (!shelf.isKept()) {
      loop.run();
      disk.complete();
    }
  }

  @Test
  void aShelfIsFoundAgainAsItWas() {
    Shelf before = shelf(7);
    before.found(8);
    before.prepare(new CopyRequest.Prepare(ARC, BALLOT, ""));
    before.accept(CopyRequest.Accept.registers(ARC, BALLOT, 1, List.of(entry(1, 0, "o1"))));
    before.accept(CopyRequest.Accept.registers(ARC, BALLOT, 2, List.of(entry(2, 1, "o2"))));
    settle(before);

    Shelf after = shelf(8);

    assertThat(after.self()).isEqualTo(new Voter(NODE, 7));
    assertThat(after.promised(ARC)).isEqualTo(BALLOT);
    assertThat(after.configuration(ARC)).isEqualTo(Configuration.founded(new Voter(NODE, 7)));
    assertThat(after.voiced()).hasSize(8);
    assertThat(after.records()).isEqualTo(1);
    Register held = after.register(ARC, KEY);
    Register former = before.register(ARC, KEY);
    assertThat(held).usingRecursiveComparison().ignoringFields("operations").isEqualTo(former);
    assertThat(held.operations().list()).isEqualTo(former.operations().list());
    assertThat(held.operations().forgotten()).isEqualTo(former.operations().forgotten());
    assertThat(held.operations().list()).extracting(Operation::id).containsExactly("o1", "o2");
  }

  @Test
  void aChangeWritesItsValueAndOneOperationHoweverManyAreRemembered() {
    Shelf shelf = shelf(7);
    shelf.found(8);
    for (int version = 1; version <= 500; version++) {
      accept(shelf, entry(version, version - 1, "o" + version));
      if (version > 1) {
        loop.run();
        assertThat(disk.pending.element().getKey())
            .as("the register, the operation, and the number of the commit")
            .hasSize(3)
            .allMatch(change -> change.value() != null);
      }
      settle(shelf);
      if (version % 71 == 0) {
        OperationWindow former = shelf.register(ARC, KEY).operations();
        shelf = shelf(8);
        shelf.enter("ring", 9);
        OperationWindow found = shelf.register(ARC, KEY).operations();
        assertThat(found.list()).isEqualTo(former.list());
        assertThat(found.forgotten()).isEqualTo(former.forgotten());
      }
    }
    assertThat(disk.entries.keySet()).filteredOn(name -> name[0] == 'o').hasSize(128);
  }

  @Test
  void aRegisterThatCameWholeTakesThePlacesOfTheFormer() {
    Shelf shelf = shelf(7);
    shelf.found(8);
    for (int version = 1; version <= 200; version++) {
      accept(shelf, entry(version, version - 1, "o" + version));
    }
    accept(
        shelf,
        whole(
            300,
            Operation.made("o199", 199, true, 0),
            Operation.made("o200", 200, true, 0),
            Operation.made("o300", 300, true, 0)));
    settle(shelf);

    assertThat(shelf(8).register(ARC, KEY).operations().list())
        .extracting(Operation::id)
        .containsExactly("o199", "o200", "o300");
    assertThat(disk.entries.keySet()).filteredOn(name -> name[0] == 'o').hasSize(3);
  }

  @Test
  void operationsAreFoundInTheirOrderWhateverTheirVersionsAre() {
    Shelf shelf = shelf(7);
    shelf.found(8);
    Entry whole =
        whole(
            300,
            Operation.made("o200", 200, true, 0),
            Operation.made("o199", 199, true, 0),
            Operation.made("again", 199, true, 0));
    accept(shelf, whole);
    settle(shelf);

    assertThat(shelf(8).register(ARC, KEY).operations().list()).isEqualTo(whole.operations());
  }

  @Test
  void whatIsFoundAgainIsWhatWasHeldWhateverCameBefore() {
    for (int seed = 0; seed < 60; seed++) {
      disk.entries.clear();
      var random = new Random(seed);
      Shelf shelf = shelf(7);
      shelf.found(8);
      Ballot ballot = BALLOT;
      List<Register> former = new ArrayList<>();
      for (int version = 1; version <= 400; version++) {
        Register held = shelf.register(ARC, KEY);
        switch (random.nextInt(12)) {
          case 0 -> {
            ballot = new Ballot(ballot.round() + 1, NODE, 1);
            if (!former.isEmpty()) {
              Entry older = former.get(random.nextInt(former.size())).whole(KEY);
              shelf.accept(CopyRequest.Accept.registers(ARC, ballot, 1, List.of(older)));
            }
          }
          case 1 -> {
            if (held != null && random.nextInt(8) == 0) {
              shelf.drop(ARC, KEY);
            }
          }
          case 2 -> {
            if (held != null) {
              // As of a change that is refused after it was decided.
              assertThat(held.operations().plus(Operation.made("no", version, true, 0)))
                  .isNotNull();
            }
          }
          case 3 -> {
            settle(shelf);
            shelf = shelf(8);
            shelf.enter("ring", 9);
            isTheSame(shelf.register(ARC, KEY), held);
            former.clear();
          }
          default -> {
            long base = held == null ? Entry.WHOLE : held.version();
            long next = Math.max(version, base + 1);
            shelf.accept(
                CopyRequest.Accept.registers(
                    ARC, ballot, 1, List.of(entry(next, base, "o" + version))));
          }
        }
        Register now = shelf.register(ARC, KEY);
        if (now != null) {
          former.add(now);
        }
      }
      settle(shelf);
    }
  }

  private void isTheSame(@Nullable Register found, @Nullable Register held) {
    assertThat(found == null).isEqualTo(held == null);
    if (found != null && held != null) {
      assertThat(found.operations().list()).isEqualTo(held.operations().list());
      assertThat(found.operations().forgotten()).isEqualTo(held.operations().forgotten());
      assertThat(disk.entries.keySet())
          .filteredOn(name -> name[0] == 'o')
          .hasSize(held.operations().list().size());
    }
  }

  @Test
  void aValueAsDeepAsOneMayBeIsKeptAndFoundAgain() {
    Json deep = Json.parse("[".repeat(Json.DEPTH_MAX) + "]".repeat(Json.DEPTH_MAX));
    var made = List.of(Operation.made("o1", 1, false, 0));
    Shelf before = shelf(7);
    before.found(8);
    before.accept(
        CopyRequest.Accept.registers(
            ARC, BALLOT, 1, List.of(Entry.made(KEY, 1, false, deep, 0, made))));
    settle(before);

    Register held = shelf(8).register(ARC, KEY);
    assertThat(held).isNotNull();
    assertThat(held.value()).isEqualTo(deep);
  }

  @Test
  void pitfall12ABallotIsNotUsedAgainAfterARestart() {
    Shelf before = shelf(7);
    before.prepare(new CopyRequest.Prepare(ARC, BALLOT, ""));
    settle(before);

    Shelf after = shelf(8);

    var sameRound = new Ballot(BALLOT.round(), NODE, BALLOT.nonce() + 1);
    var older = new Ballot(BALLOT.round() - 1, Id.of("other"), 1);
    for (Ballot late : List.of(sameRound, older)) {
      assertThat(after.prepare(new CopyRequest.Prepare(ARC, late, "")).granted()).isFalse();
      assertThat(
              after
                  .accept(CopyRequest.Accept.registers(ARC, late, 1, List.of(entry(1, 0, "o1"))))
                  .granted())
          .isFalse();
    }
    assertThat(after.records()).isZero();
  }

  @Test
  void whatWasDroppedIsNotFoundAgain() {
    Shelf before = shelf(7);
    before.found(8);
    before.accept(CopyRequest.Accept.registers(ARC, BALLOT, 1, List.of(entry(1, 0, "o1"))));
    var others = new Configuration(3, 4, List.of(new Voter(Id.of("other"), 1)), List.of());
    before.accept(CopyRequest.Accept.configuration(ARC, BALLOT, others, true));
    settle(before);

    Shelf after = shelf(8);

    assertThat(after.records()).isZero();
    assertThat(after.configuration(ARC)).isEqualTo(others);
    assertThat(after.voiced()).doesNotContain(ARC).hasSize(7);
    assertThat(disk.entries.keySet())
        .noneMatch(name -> name[0] == 'r' || name[0] == 'o')
        .hasSize(10);
  }

  @Test
  void pitfall20WhatWasKeptForAnotherRingCountsForNothing() {
    Shelf before = shelf(7);
    before.found(8);
    settle(before);

    var after = new Shelf(open(8), new Grants(() -> 0, true), 100);
    assertThat(after.self()).isEqualTo(new Voter(NODE, 7));
    after.enter("another ring", 9);
    after.prepare(new CopyRequest.Prepare(ARC, BALLOT, ""));
    settle(after);

    assertThat(after.self()).isEqualTo(new Voter(NODE, 9));
    assertThat(after.configuration(ARC)).isNull();
    assertThat(disk.entries).hasSize(3);
    assertThat(open(1).self()).isEqualTo(new Voter(NODE, 9));
  }

  @Test
  void aFoundersArcsAreOnTheirWayBeforeTheTurnIsOver() {
    Shelf shelf = shelf(7);
    shelf.found(8);
    disk.complete();
    assertThat(disk.entries).hasSize(10);
  }

  @Test
  void nothingIsKeptBeforeItIsOnTheDiskAndWhatComesMeanwhileGoesTogether() {
    Shelf shelf = shelf(7);
    var told = new ArrayList<String>();
    shelf.prepare(new CopyRequest.Prepare(ARC, BALLOT, ""));
    shelf.whenKept(() -> told.add("first"));
    loop.run();
    shelf.prepare(new CopyRequest.Prepare(ARC + 1, BALLOT, ""));
    shelf.whenKept(() -> told.add("second"));
    shelf.prepare(new CopyRequest.Prepare(ARC + 2, BALLOT, ""));
    shelf.whenKept(() -> told.add("third"));
    loop.run();
    assertThat(told).isEmpty();
    assertThat(shelf.isKept()).isFalse();

    disk.complete();
    loop.run();
    assertThat(told).containsExactly("first");

    disk.complete();
    loop.run();
    assertThat(told).containsExactly("first", "second", "third");
    assertThat(shelf.isKept()).isTrue();
    assertThat(disk.writes).isEqualTo(2);
    shelf.whenKept(() -> told.add("at once"));
    assertThat(told).hasSize(4);
  }

  @Test
  void eachCommitHasTheNextNumberAndTheNextProcessGoesOnThere() {
    Journal journal = open(7);
    journal.belongsTo("ring", 9);
    assertThat(journal.commit()).isZero();
    assertThat(journal.commitOfAll()).isEqualTo(1);
    loop.run();
    assertThat(journal.commitOfAll()).isEqualTo(1);
    journal.arc(ARC, new Journal.SavedArc(BALLOT, null, false, 0, 0, 0));
    assertThat(journal.commitOfAll()).isEqualTo(2);
    assertThat(journal.commit()).as("on the disk").isZero();

    disk.complete();
    loop.run();
    assertThat(journal.commit()).isEqualTo(1);
    disk.complete();
    loop.run();
    assertThat(journal.commit()).isEqualTo(2);
    assertThat(journal.commitOfAll()).isEqualTo(2);

    assertThat(open(8).commit()).isEqualTo(2);
    assertThat(open(8).comesBack()).isFalse();
    Journal after = open(8);
    after.belongsTo("ring", 9);
    assertThat(after.comesBack()).isTrue();
  }

  @Test
  void whatWasSeenOfOtherStoresIsWrittenBesideNowAndThen() {
    var other = new Voter(Id.of("other"), -5);
    Journal before = open(7);
    before.belongsTo("ring", 9);
    loop.run();
    disk.complete();
    loop.run();
    before.sightings().saw(other, 40);
    loop.run();
    disk.complete();
    assertThat(open(8).sightings().of(other)).as("no commit is made for it").isZero();

    write(before, 1);
    assertThat(open(8).sightings().of(other)).isEqualTo(40);
    before.sightings().saw(other, 40 + Sightings.KEPT_EVERY - 1);
    write(before, 2);
    assertThat(open(8).sightings().of(other)).isEqualTo(40);
    before.sightings().saw(other, 40 + Sightings.KEPT_EVERY);
    before.sightings().saw(other, 3);
    write(before, 3);
    assertThat(open(8).sightings().of(other)).isEqualTo(40 + Sightings.KEPT_EVERY);
    assertThat(open(8).sightings().of(other.node()))
        .isEqualTo(new CommitNumber(other.store(), 40 + Sightings.KEPT_EVERY));
  }

  private void write(Journal journal, long round) {
    journal.arc(ARC, new Journal.SavedArc(new Ballot(round, NODE, 9), null, false, 0, 0, 0));
    loop.run();
    disk.complete();
    loop.run();
  }

  @Test
  void pitfall07AStoreThatIsOlderThanItSaidIsAnotherOneWithNothingInIt() {
    Shelf before = shelf(7);
    before.found(8);
    before.accept(CopyRequest.Accept.registers(ARC, BALLOT, 1, List.of(entry(1, 0, "o1"))));
    settle(before);

    before.renew(11);
    settle(before);

    assertThat(before.self()).isEqualTo(new Voter(NODE, 11));
    assertThat(before.records()).isZero();
    assertThat(before.configuration(ARC)).isNull();
    Shelf after = shelf(8);
    assertThat(after.self()).isEqualTo(new Voter(NODE, 11));
    assertThat(after.voiced()).isEmpty();
    assertThat(after.promised(ARC)).isEqualTo(Ballot.NONE);
    assertThat(disk.entries.keySet()).extracting(name -> (char) name[0]).containsExactly('c', 'm');
  }

  @Test
  void nobodyIsToldWhenTheDiskRefuses() {
    Shelf shelf = shelf(7);
    var told = new ArrayList<String>();
    shelf.prepare(new CopyRequest.Prepare(ARC, BALLOT, ""));
    shelf.whenKept(() -> told.add("kept"));
    loop.run();
    disk.refuse();
    loop.run();
    assertThat(told).isEmpty();
    assertThat(shelf.isKept()).isFalse();
  }

  @Test
  void withoutRoomNewValuesAreRefusedAndTheOldOnesAcceptedAgain() {
    Shelf shelf = shelf(7);
    shelf.accept(CopyRequest.Accept.registers(ARC, BALLOT, 1, List.of(entry(1, 0, "o1"))));
    disk.room = false;

    assertThatThrownBy(
            () ->
                shelf.accept(
                    CopyRequest.Accept.registers(ARC, BALLOT, 1, List.of(entry(2, 1, "o2")))))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.store.reserve");
    var newer = new Ballot(5, NODE, 10);
    assertThat(
            shelf
                .accept(
                    CopyRequest.Accept.registers(
                        ARC, newer, 1, List.of(shelf.register(ARC, KEY).whole(KEY))))
                .granted())
        .isTrue();
  }

  @Test
  void pitfall07DamageAndAnotherFormatAreTold() {
    byte[] store = {'m'};
    disk.entries.put(
        store, "{\"format\":3,\"store\":1,\"ring\":\"r\"}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> open(1)).isInstanceOf(RingException.Incompatible.class);
    disk.entries.put(
        store, "{\"format\":1,\"store\":1,\"ring\":\"r\"}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> open(1))
        .isInstanceOf(RingException.Incompatible.class)
        .hasMessageContaining("no release wrote");
    disk.entries.put(store, "{\"format\":2,\"store\":".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> open(1))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining("move the directory away");
  }

  /** A table whose writes are done when the test says so. */
  private static final class Disk implements Table {
    private final TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
    private final ArrayDeque<Map.Entry<List<Change>, CompletableFuture<Void>>> pending =
        new ArrayDeque<>();
    private int writes;
    private boolean room = true;

    @Override
    public void read(BiConsumer<byte[], byte[]> entry) {
      new TreeMap<>(entries).forEach(entry);
    }

    @Override
    public CompletionStage<Void> write(List<Change> changes) {
      var done = new CompletableFuture<Void>();
      pending.add(Map.entry(changes, done));
      return done;
    }

    private void complete() {
      var next = pending.poll();
      if (next == null) {
        return;
      }
      writes++;
      for (Change change : next.getKey()) {
        byte[] value = change.value();
        if (value == null) {
          entries.remove(change.name());
        } else {
          entries.put(change.name(), value);
        }
      }
      next.getValue().complete(null);
    }

    private void refuse() {
      pending.remove().getValue().completeExceptionally(new RingException.Unavailable("no"));
    }

    @Override
    public boolean hasRoom() {
      return room;
    }
  }

  /** A loop that runs what it was given when the test says so. */
  private static final class Loop extends NoLoop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    private void run() {
      while (!tasks.isEmpty()) {
        tasks.remove().run();
      }
    }

    @Override
    public boolean execute(Runnable task) {
      return tasks.add(task);
    }
  }
}
