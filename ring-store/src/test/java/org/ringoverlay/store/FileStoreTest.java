package org.ringoverlay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Identity;
import org.ringoverlay.spi.Store;

class FileStoreTest {
  private static final String RING = "0123456789abcdef0123456789abcdef";

  @TempDir Path temp;

  private Path directory() {
    return temp.resolve("data");
  }

  private static Identity identity(long incarnation) {
    return new Identity(
        Id.of("somebody"), incarnation, "ring", RING, 12, List.of("127.0.0.1:7400", "[::1]:7401"));
  }

  private Store open() {
    return new FileStoreProvider()
        .open(directory().toString(), Settings.defaults(new FileStoreProvider().settings()));
  }

  private static void await(CompletionStage<Void> stage) {
    stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private void saveOnce() {
    try (var held = new Held(open())) {
      Store store = held.store();
      await(store.save(identity(1)));
    }
  }

  @Test
  void aFreshDirectoryHoldsNoIdentityAndBelongsToItsOwnerAlone() throws IOException {
    try (var held = new Held(open())) {
      Store store = held.store();
      assertThat(store.identity()).isEmpty();
      await(store.save(identity(1)));
      assertThat(permissions(directory())).isEqualTo("rwx------");
      assertThat(permissions(directory().resolve("ring.lock"))).isEqualTo("rw-------");
      assertThat(permissions(directory().resolve("identity.json"))).isEqualTo("rw-------");
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void whatWasSavedIsThereAfterTheNextOpening() {
    saveOnce();
    try (var held = new Held(open())) {
      Store store = held.store();
      assertThat(store.identity()).contains(identity(1));
      await(store.save(identity(2)));
      assertThat(store.identity()).contains(identity(2));
    }
    try (var held = new Held(open())) {
      Store store = held.store();
      assertThat(store.identity()).contains(identity(2));
    }
  }

  @Test
  void savesTakeEffectInTheOrderOfTheCallsAndCloseWaitsForThem() {
    var saves = new ArrayList<CompletionStage<Void>>();
    try (var held = new Held(open())) {
      Store store = held.store();
      for (long i = 1; i <= 50; i++) {
        saves.add(store.save(identity(i)));
      }
    }
    assertThat(saves).allMatch(save -> save.toCompletableFuture().isDone());
    try (var held = new Held(open())) {
      Store store = held.store();
      assertThat(store.identity()).contains(identity(50));
    }
  }

  @Test
  void fieldsOfANewerVersionSurviveBeingWrittenBack() throws IOException {
    saveOnce();
    Path file = directory().resolve("identity.json");
    // A newer version would add its fields and count the checksum over what it wrote.
    String inner =
        "{\"node\":\""
            + Id.of("somebody")
            + "\",\"zone\":{\"of\":\"tomorrow\"},\"incarnation\":7,\"ring\":\"ring\",\"ringIdentity\":\""
            + RING
            + "\",\"arcBits\":12,\"peers\":[]}";
    var crc = new java.util.zip.CRC32C();
    crc.update(inner.getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        file,
        String.format(
            "{\"written\":\"by 9.9\",\"format\":1,\"checksum\":\"%08x\",\"identity\":%s}",
            crc.getValue(), inner));
    try (var held = new Held(open())) {
      Store store = held.store();
      assertThat(store.identity().orElseThrow().incarnation()).isEqualTo(7);
      await(store.save(identity(8)));
    }
    assertThat(Files.readString(file))
        .contains("\"zone\":{\"of\":\"tomorrow\"}", "\"written\":\"by 9.9\"", "\"incarnation\":8");
    try (var held = new Held(open())) {
      Store store = held.store();
      assertThat(store.identity()).contains(identity(8));
    }
  }

  @Test
  void aSecondNodeOfThisProcessIsKeptOutUnderAnyNameOfTheDirectory() {
    try (var held = new Held(open())) {
      Store first = held.store();
      assertThat(first.identity()).isEmpty();
      String otherName = directory().resolve("../data").toString();
      assertThatThrownBy(() -> FileStore.open(otherName, Disk.REAL, 0))
          .isInstanceOf(RingException.Unavailable.class)
          .hasMessageContaining(directory().toString())
          .hasMessageContaining("in use by another node of this process");
    }
    try (var held = new Held(open())) {
      Store again = held.store();
      assertThat(again.identity()).isEmpty();
    }
  }

  @Test
  void everyFlippedBitOfTheIdentityIsNoticedAndNothingChanges() throws IOException {
    saveOnce();
    Path file = directory().resolve("identity.json");
    byte[] whole = Files.readAllBytes(file);
    int from = new String(whole, StandardCharsets.UTF_8).indexOf("\"identity\"");
    for (int at = from; at < whole.length - 2; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 1;
      Files.write(file, flipped);
      assertThatThrownBy(this::open)
          .as("bit 0 of byte %d", at)
          .isInstanceOf(RingException.InvalidInput.class)
          .hasMessageContaining("damaged")
          .hasMessageContaining(file.toString());
      assertThat(Files.readAllBytes(file)).isEqualTo(flipped);
    }
    Files.write(file, whole);
    try (var held = new Held(open())) {
      Store store = held.store();
      assertThat(store.identity()).contains(identity(1));
    }
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    saveOnce();
    Path file = directory().resolve("identity.json");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length - 1; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(this::open)
          .as("%d bytes", length)
          .isInstanceOf(RingException.InvalidInput.class)
          .hasMessageContaining("damaged")
          .hasMessageContaining("never put back a copy");
    }
  }

  @Test
  void aFileThatIsFarTooLongIsNotReadWhole() throws IOException {
    saveOnce();
    Files.write(directory().resolve("identity.json"), new byte[1 << 20]);
    assertThatThrownBy(this::open)
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("far too long");
  }

  @Test
  void aNewerFormatIsLeftToANewerVersion() throws IOException {
    saveOnce();
    Path file = directory().resolve("identity.json");
    String newer = Files.readString(file).replace("\"format\":1", "\"format\":2");
    Files.writeString(file, newer);
    assertThatThrownBy(this::open)
        .isInstanceOf(RingException.Incompatible.class)
        .hasMessageContaining("format 2")
        .hasMessageContaining(file.toString());
    assertThat(Files.readString(file)).isEqualTo(newer);
  }

  @Test
  void aFileInThePlaceOfTheDirectoryIsTheCallersMistake() throws IOException {
    Files.writeString(directory(), "not a directory");
    assertThatThrownBy(this::open)
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("is not a directory");
    assertThatThrownBy(() -> FileStore.open("", Disk.REAL, 0))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> FileStore.open("a\0b", Disk.REAL, 0))
        .isInstanceOf(RingException.InvalidInput.class);
  }

  @Test
  void anIdentityThatCannotBeReadIsTheDisksRefusal() throws IOException {
    Files.createDirectories(directory().resolve("identity.json"));
    assertThatThrownBy(this::open)
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining("refused to read");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsTheDisksRefusal() {
    assertThatThrownBy(() -> FileStore.open("/proc/ring-data", Disk.REAL, 0))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining("refused to make")
        .hasMessageContaining("/proc/ring-data");
  }

  /** A disk that refuses one of its steps. */
  private static final class Refusing implements Disk {
    private final String step;
    private boolean refuses = true;

    Refusing(String step) {
      this.step = step;
    }

    private void fail(String here) throws IOException {
      if (refuses && here.equals(step)) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
      fail("write");
      Disk.super.write(file, content);
    }

    @Override
    public void force(FileChannel channel) throws IOException {
      fail("force");
      Disk.super.force(channel);
    }

    @Override
    public void replace(Path fresh, Path former) throws IOException {
      fail("replace");
      Disk.super.replace(fresh, former);
    }
  }

  @Test
  void aRefusedSaveLeavesTheFormerIdentityAndTheNextOneMayGoThrough() {
    saveOnce();
    for (String step : List.of("write", "force", "replace")) {
      var disk = new Refusing(step);
      try (var held = new Held(FileStore.open(directory().toString(), disk, 0))) {
        Store store = held.store();
        assertThatThrownBy(() -> await(store.save(identity(2))))
            .as(step)
            .isInstanceOf(CompletionException.class)
            .cause()
            .isInstanceOf(RingException.Unavailable.class)
            .hasMessageContaining("No space left on device")
            .hasMessageContaining(directory().toString());
        assertThat(store.identity()).contains(identity(1));
      }
      try (var held = new Held(open())) {
        Store store = held.store();
        assertThat(store.identity()).as(step).contains(identity(1));
      }
      try (var held = new Held(FileStore.open(directory().toString(), disk, 0))) {
        Store store = held.store();
        disk.refuses = false;
        await(store.save(identity(1)));
      }
    }
  }

  @Test
  void saysNoToMoreSavesThanItsQueueHolds() throws InterruptedException {
    var stuck = new Stuck();
    try (var held = new Held(FileStore.open(directory().toString(), stuck, 0))) {
      Store store = held.store();
      var first = store.save(identity(1));
      stuck.entered.await();
      for (int i = 0; i < FileStore.SAVES_QUEUED_MAX; i++) {
        assertThat(store.save(identity(2)).toCompletableFuture()).isNotCompletedExceptionally();
      }
      assertThatThrownBy(() -> await(store.save(identity(3))))
          .cause()
          .isInstanceOf(RingException.Refused.class);
      stuck.release.countDown();
      await(first);
    }
  }

  @Test
  void aClosedStoreSavesNoMore() {
    Store store = open();
    await(store.close());
    assertThatThrownBy(() -> await(store.save(identity(1))))
        .cause()
        .isInstanceOf(RingException.Closed.class);
  }

  @Test
  void closingWaitsForTheDiskBesideTheCallerAndThenUnlocks() throws Exception {
    var stuck = new Stuck();
    Store store = FileStore.open(directory().toString(), stuck, 0);
    var saved = store.save(identity(1));
    stuck.entered.await();
    var closed = store.close();
    assertThat(closed.toCompletableFuture()).isNotDone();
    assertThatThrownBy(this::open).hasMessageContaining("in use by another node");
    assertThat(store.close()).isSameAs(closed);

    stuck.release.countDown();
    await(closed);
    assertThat(saved.toCompletableFuture()).isCompleted();
    try (var held = new Held(open())) {
      assertThat(held.store().identity()).contains(identity(1));
    }
  }

  @Test
  void aSaveThatComesWhileItIsClosedIsNotWrittenAfterTheUnlocking() {
    var between = new BetweenUnlockAndShutdown();
    Store store = FileStore.open(directory().toString(), Disk.REAL, 0, () -> between);
    var late = new ArrayList<CompletionStage<Void>>();
    between.then = () -> late.add(store.save(identity(2)));
    await(store.save(identity(1)));
    await(store.close());

    assertThatThrownBy(() -> await(late.get(0))).cause().isInstanceOf(RingException.Closed.class);
    try (var held = new Held(open())) {
      assertThat(held.store().identity()).contains(identity(1));
    }
  }

  /** One thread, and a moment in which another acts. */
  private static final class BetweenUnlockAndShutdown extends ThreadPoolExecutor {
    Runnable then = () -> {};

    BetweenUnlockAndShutdown() {
      super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    }

    @Override
    public void shutdown() {
      then.run();
      super.shutdown();
    }
  }

  /** Writes nothing until it is released. */
  private static final class Stuck implements Disk {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);

    @Override
    public void write(Path file, byte[] content) throws IOException {
      entered.countDown();
      try {
        release.await();
      } catch (InterruptedException unexpected) {
        throw new IOException(unexpected);
      }
      Disk.super.write(file, content);
    }

    @Override
    public void forceDirectory(Path path) {}

    @Override
    public void force(FileChannel channel) {}
  }
}
