package org.ringoverlay.console.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.WriteOptions;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.RingObserver;

/** A data directory that is put back to what a copy of it holds, on real disks. */
class OlderDiskIT {
  private static final WriteOptions ON_ALL =
      WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.ALL).within(Duration.ofSeconds(20));
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path directory;

  @Test
  void theNodeSaysSoAndBeginsAnewAndNothingIsLost() throws Exception {
    try (Ring one = start("one", List.of(), new CompletableFuture<>());
        Ring two = start("two", List.of(one.address()), new CompletableFuture<>())) {
      List<String> seeds = List.of(one.address(), two.address());
      Ring three = start("three", seeds, new CompletableFuture<>());
      await().atMost(SOON).until(() -> hasThreeCopies(three));
      write(three, "before the copy");
      three.close();
      copy(directory.resolve("three"), directory.resolve("copy"));
      var calm = new CompletableFuture<String>();
      try (Ring again = start("three", seeds, calm)) {
        await().atMost(SOON).until(() -> hasThreeCopies(again));
        write(again, "after the copy");
        assertThat(calm).as("of its own disk").isNotDone();
      }
      Files.move(directory.resolve("three"), directory.resolve("former"));
      Files.move(directory.resolve("copy"), directory.resolve("three"));

      var said = new CompletableFuture<String>();
      try (Ring back = start("three", seeds, said)) {
        assertThat(said.get(30, TimeUnit.SECONDS))
            .contains(directory.resolve("three").toString())
            .contains("is older than what this node has told others");
        await().atMost(SOON).until(() -> hasThreeCopies(back));
        for (int key = 0; key < 20; key++) {
          assertThat(back.await(Dht.on(back).get("key " + key)).value())
              .contains(Json.of("after the copy"));
        }
        await().atMost(SOON).until(() -> back.await(Dht.on(back).verify(0)).isSound());
      }
    }
  }

  private Ring start(String name, List<String> seeds, CompletableFuture<String> trouble) {
    return Ring.builder()
        .listen("127.0.0.1:0")
        .data(directory.resolve(name).toString())
        .seeds(seeds)
        .set("ring.arcs.bits", "4")
        .set("ring.dht.settled", "100ms")
        .set("ring.dht.sweep.interval", "500ms")
        .observer(
            new RingObserver() {
              @Override
              public void trouble(Id node, String what) {
                trouble.complete(what);
              }
            })
        .startAndAwait();
  }

  private static boolean hasThreeCopies(Ring ring) {
    Dht dht = Dht.on(ring);
    for (int key = 0; key < 20; key++) {
      if (ring.await(dht.owner("key " + key)).replicas().size() < 3) {
        return false;
      }
    }
    return true;
  }

  private static void write(Ring ring, String value) {
    for (int key = 0; key < 20; key++) {
      ring.await(Dht.on(ring).put("key " + key, Json.of(value), ON_ALL));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }
}
