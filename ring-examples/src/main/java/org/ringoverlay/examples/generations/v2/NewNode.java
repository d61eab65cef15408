package org.ringoverlay.examples.generations.v2;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.examples.generations.v2.Profile.Notifications;
import org.ringoverlay.examples.generations.v2.Profile.Preferences;
import org.ringoverlay.json.Json;

/**
 * A node of the second release that writes a profile with everything in it, and shows it.
 *
 * <p>{@code 7601}, and after it the addresses of nodes that run, if there are any. Each line of its
 * input makes it show the profile as it is now: the JSON, then what this release reads of it. The
 * end of the input ends it.
 */
public final class NewNode {
  private static final String KEY = "profile/ada";

  private NewNode() {}

  /**
   * Runs the node until its input ends.
   *
   * @param args the port, then the addresses of nodes that run
   */
  public static void main(String[] args) throws IOException {
    List<String> seeds = List.of(args).subList(1, args.length);
    try (Ring ring = Ring.builder().listen("127.0.0.1:" + args[0]).seeds(seeds).startAndAwait()) {
      System.out.println("new node at " + ring.address());
      var dht = Dht.on(ring);
      ring.await(dht.put(KEY, Json.of(ada())));
      System.out.println("wrote " + ring.await(dht.get(KEY)).value().orElseThrow());
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (in.readLine() != null) {
        var now = ring.await(dht.get(KEY)).value().orElseThrow();
        System.out.println("json " + now);
        System.out.println("read " + now.as(Profile.class));
      }
    }
  }

  private static Profile ada() {
    return new Profile(
        "Ada",
        "ada@old.example",
        "+44 20 7946 0018",
        new Preferences("en", new Notifications(true, List.of("mail", "pager"))));
  }
}
