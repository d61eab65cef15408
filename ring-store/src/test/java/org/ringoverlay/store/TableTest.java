package org.ringoverlay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Identity;
import org.ringoverlay.spi.Store;
import org.ringoverlay.spi.Table;

class TableTest {
  @TempDir Path temp;

  private Store open() {
    return open(Disk.REAL, 0);
  }

  private Store open(Disk disk, long reserveBytes) {
    return FileStore.open(temp.resolve("data").toString(), disk, reserveBytes);
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static void becomeSomebody(Store store) {
    await(store.save(new Identity(Id.of("somebody"), 1, "ring", "", 0, List.of())));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Table.Change put(String name, String value) {
    return Table.Change.put(bytes(name), bytes(value));
  }

  private static List<String> entries(Table table) {
    var entries = new ArrayList<String>();
    table.read(
        (name, value) ->
            entries.add(
                new String(name, StandardCharsets.UTF_8)
                    + "="
                    + new String(value, StandardCharsets.UTF_8)));
    return entries;
  }

  @Test
  void whatWasWrittenIsThereAfterTheNextOpeningInTheOrderOfTheNames() {
    try (var held = new Held(open())) {
      becomeSomebody(held.store());
      Table table = held.store().table("dht");
      assertThat(entries(table)).isEmpty();
      await(table.write(List.of(put("b", "2"), put("\u00ff", "4"), put("a", "1"))));
      await(table.write(List.of(put("c", ""), Table.Change.remove(bytes("b")), put("a", "3"))));
    }
    try (var held = new Held(open())) {
      assertThat(entries(held.store().table("dht"))).containsExactly("a=3", "c=", "\u00ff=4");
    }
  }

  @Test
  void partsDoNotSeeEachOther() {
    try (var held = new Held(open())) {
      becomeSomebody(held.store());
      await(held.store().table("dht").write(List.of(put("a", "1"))));
      await(held.store().table("dhtx").write(List.of(put("a", "2"))));
      assertThat(entries(held.store().table("dht"))).containsExactly("a=1");
      assertThat(entries(held.store().table("dhtx"))).containsExactly("a=2");
      assertThatThrownBy(() -> held.store().table("Dht"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatANodeWroteBeforeItWasSomebodyIsGone() {
    try (var held = new Held(open())) {
      await(held.store().table("dht").write(List.of(put("a", "1"))));
    }
    try (var held = new Held(open())) {
      assertThat(entries(held.store().table("dht"))).isEmpty();
    }
  }

  @Test
  void afterTheDiskRefusedNothingIsWrittenAnyMore() {
    boolean[] refuses = {false};
    Disk disk =
        new Disk() {
          @Override
          public void commit(Runnable commit) {
            if (refuses[0]) {
              throw new RingException.Unavailable("The disk refused.");
            }
            commit.run();
          }
        };
    try (var held = new Held(open(disk, 0))) {
      Store store = held.store();
      becomeSomebody(store);
      Table table = store.table("dht");
      await(table.write(List.of(put("a", "1"))));
      assertThat(store.broken().toCompletableFuture()).isNotDone();
      refuses[0] = true;
      assertThatThrownBy(() -> await(table.write(List.of(put("b", "2")))))
          .hasRootCauseInstanceOf(RingException.Unavailable.class);
      assertThat(await(store.broken())).hasMessageContaining("refused");
      refuses[0] = false;
      assertThatThrownBy(() -> await(table.write(List.of(put("c", "3")))))
          .hasRootCauseInstanceOf(RingException.Unavailable.class);
      assertThat(entries(table)).containsExactly("a=1");
    }
  }

  @Test
  void aNearlyFullDiskHasNoRoomAndWritesStill() {
    long[] usable = {1_000};
    Disk disk =
        new Disk() {
          @Override
          public long usableBytes(Path directory) {
            return usable[0];
          }
        };
    try (var held = new Held(open(disk, 500))) {
      becomeSomebody(held.store());
      Table table = held.store().table("dht");
      assertThat(table.hasRoom()).isTrue();
      usable[0] = 499;
      await(table.write(List.of(put("a", "1"))));
      assertThat(table.hasRoom()).isFalse();
      usable[0] = 500;
      await(table.write(List.of(put("b", "2"))));
      assertThat(table.hasRoom()).isTrue();
    }
  }

  @Test
  void aClosedStoreTakesNoWrites() {
    Store store = open();
    becomeSomebody(store);
    Table table = store.table("dht");
    await(store.close());
    assertThatThrownBy(() -> await(table.write(List.of(put("a", "1")))))
        .hasRootCauseInstanceOf(RingException.Closed.class);
  }

  @Test
  void damageBeforeTheTailIsAnErrorThatSaysWhatToDo() throws IOException {
    try (var held = new Held(open())) {
      becomeSomebody(held.store());
      Table table = held.store().table("dht");
      for (int at = 0; at < 20; at++) {
        await(table.write(List.of(put("name" + at, "some value " + "x".repeat(2_000)))));
      }
    }
    Path records = temp.resolve("data").resolve("records");
    try (var files = Files.newDirectoryStream(records, "*.log")) {
      for (Path log : files) {
        byte[] content = Files.readAllBytes(log);
        content[content.length / 2] ^= 1;
        Files.write(log, content);
      }
    }
    try (var held = new Held(open())) {
      assertThatThrownBy(() -> held.store().table("dht"))
          .isInstanceOf(RingException.Unavailable.class)
          .hasMessageContaining("move the data directory away");
    }
  }
}
