package org.ringoverlay.examples;

import static java.lang.System.in;
import static java.lang.System.out;
import static java.util.concurrent.CompletableFuture.completedStage;

import java.io.IOException;
import java.util.List;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.Topics;

/**
 * Everything that a ring does, once: a service, a topic, a record, a job.
 *
 * <p>The first node is started with its port, each further one with its own port and the address of
 * any node that runs: {@code 7401}, then {@code 7402 127.0.0.1:7401}. The README shows this file as
 * it stands, so it is laid out by hand and left out of the formatter.
 */
public final class Hello {
  record Greet(String name) {}
  record Greeting(String text) {}

  public static void main(String[] args) throws IOException { // 7401   then   7402 127.0.0.1:7401
    var greeter = RingService.of("greeter", Greet.class, (greet, context) ->
        completedStage(new Greeting("Hello " + greet.name() + ", from " + context.ring().id())));
    try (Ring ring = Ring.builder().listen("127.0.0.1:" + args[0]).seeds(List.of(args).subList(1, args.length))
        .service(greeter).startAndAwait()) {
      var dht = Dht.on(ring);
      var topics = Topics.on(ring);
      ring.await(topics.subscribe("news", event -> out.println(event.seq() + " " + event.value())));
      ring.await(topics.willing("work", (job, context) -> completedStage(new Greeting("did " + job))));
      out.println(ring.await(ring.ask("greeter", Id.of("alice"), new Greet("Alice"), Greeting.class)));
      out.println(ring.await(dht.update("visits", old -> Json.of(old == null ? 1 : old.as(int.class) + 1))));
      ring.await(topics.publish("news", new Greeting("a node is up")));
      out.println(ring.await(topics.anycast("work", new Greet("job 1"), Greeting.class)));
      in.read(); // stays until Enter
    }
  }
}
