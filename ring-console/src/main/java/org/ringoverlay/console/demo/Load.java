package org.ringoverlay.console.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.console.client.GatewayClient.Response;

/**
 * Writes that go on while a process is killed, and how many of those that were acknowledged are
 * lost afterwards.
 *
 * <p>Each writer has its keys, all in one arc, and writes a growing number to one after the other.
 * What is read at the end must be the last number that was acknowledged, or a later one whose
 * answer did not come.
 */
final class Load {
  private static final int KEYS_OF_EACH = 8;
  private static final int ANSWER_MILLIS_MAX = 6_000;
  private static final long READ_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

  private final String tag;
  private final List<Thread> writers = new ArrayList<>();

  /** The last number of each key that was acknowledged. */
  private final Map<String, Long> acknowledged = new TreeMap<>();

  private long count;
  private volatile boolean over;

  /**
   * Begins to write.
   *
   * @param tag what all keys are placed by
   * @param through the nodes that are asked, one by each writer
   */
  Load(String tag, List<GatewayClient> through) {
    this.tag = tag;
    for (int number = 0; number < through.size(); number++) {
      int writer = number;
      GatewayClient client = through.get(number).waiting(ANSWER_MILLIS_MAX);
      var thread = new Thread(() -> write(writer, client), "demo-load-" + number);
      thread.setDaemon(true);
      writers.add(thread);
    }
    writers.forEach(Thread::start);
  }

  private void write(int writer, GatewayClient client) {
    for (long number = 1; !over; number++) {
      String key = "{" + tag + "}/" + writer + "/" + number % KEYS_OF_EACH;
      byte[] value = String.valueOf(number).getBytes(StandardCharsets.UTF_8);
      if (isKept(client, key, value)) {
        acknowledged(key, number);
      }
    }
  }

  /** Whether the ring says so; else nobody was told, and it may be lost. */
  private static boolean isKept(GatewayClient client, String key, byte[] value) {
    try {
      return client.ask("PUT", path(key), Map.of(), value).isOk();
    } catch (IOException unanswered) {
      return false;
    }
  }

  private static String path(String key) {
    return "/v1/dht/" + GatewayClient.encode(key);
  }

  private synchronized void acknowledged(String key, long number) {
    acknowledged.put(key, number);
    count++;
  }

  /** How many writes were acknowledged until now. */
  synchronized long count() {
    return count;
  }

  /** Ends the writing. */
  void end() throws InterruptedException {
    over = true;
    for (Thread writer : writers) {
      writer.join();
    }
  }

  /**
   * How many keys do not hold what was acknowledged last, after the end.
   *
   * @throws IOException if a key cannot be read for half a minute
   */
  long lost(GatewayClient node) throws IOException, InterruptedException {
    GatewayClient client = node.waiting(ANSWER_MILLIS_MAX);
    long lost = 0;
    for (Map.Entry<String, Long> last : acknowledged.entrySet()) {
      Response read = read(client, last.getKey());
      boolean there = read.isOk() && Long.parseLong(read.text()) >= last.getValue();
      lost += there ? 0 : 1;
    }
    return lost;
  }

  private static Response read(GatewayClient client, String key)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    String last = "nothing";
    while (System.nanoTime() - began < READ_NANOS_MAX) {
      try {
        Response read = client.get(path(key));
        if (read.isOk() || read.status() == 404) {
          return read;
        }
        last = read.text();
      } catch (GatewayClient.Broken slow) {
        last = slow.getMessage();
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new IOException("The key " + key + " cannot be read; the last answer was " + last);
  }
}
