package org.ringoverlay.examples.generations.v1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;

/**
 * A node of the first release that changes somebody's address.
 *
 * <p>{@code 7602 127.0.0.1:7601}: its port, then addresses of nodes that run. Each line of its
 * input is a new address for the one profile of this example; the end of the input ends it.
 */
public final class OldNode {
  private static final String KEY = "profile/ada";

  private OldNode() {}

  /**
   * Runs the node until its input ends.
   *
   * @param args the port, then the addresses of nodes that run
   */
  public static void main(String[] args) throws IOException {
    List<String> seeds = List.of(args).subList(1, args.length);
    try (Ring ring = Ring.builder().listen("127.0.0.1:" + args[0]).seeds(seeds).startAndAwait()) {
      System.out.println("old node at " + ring.address());
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String email = in.readLine(); email != null; email = in.readLine()) {
        System.out.println(changed(ring, email));
      }
    }
  }

  private static String changed(Ring ring, String email) {
    try {
      ring.await(Dht.on(ring).update(KEY, old -> withEmail(old, email)));
      return "changed";
    } catch (RingException failed) {
      return failed + " " + failed.hint();
    }
  }

  /** The record with another address, and with every field that this release has never heard of. */
  private static Json withEmail(@Nullable Json old, String email) {
    if (old == null) {
      return Json.of(new Profile("Ada", email));
    }
    Profile known = old.as(Profile.class);
    return old.merge(new Profile(known.name(), email));
  }
}
