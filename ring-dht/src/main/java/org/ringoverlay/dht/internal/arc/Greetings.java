package org.ringoverlay.dht.internal.arc;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/** Asks members which stores they keep. On the loop. */
final class Greetings {
  private final CopyPost post;
  private final Stores stores;
  private final Supplier<Neighbourhood> around;
  private final Runnable whenHeard;

  /** Those that were asked, and have not answered. */
  private final TreeSet<Id> asked = new TreeSet<>();

  /** Those that may keep another store than they said when they were asked. */
  private final TreeSet<Id> doubtful = new TreeSet<>();

  Greetings(CopyPost post, Stores stores, Supplier<Neighbourhood> around, Runnable whenHeard) {
    this.post = post;
    this.stores = stores;
    this.around = around;
    this.whenHeard = whenHeard;
  }

  /** Asks those of some members of whom this node does not know it. */
  void greet(Collection<Id> members) {
    for (Id node : members) {
      boolean unknown =
          stores.of(node) == null || !around.get().isKnown(node) || doubtful.contains(node);
      if (unknown && !asked.contains(node)) {
        ask(node);
      }
    }
  }

  /**
   * A node says which store it keeps. What it said before may arrive later, so it is asked, and
   * once more if it was asked already.
   */
  void keeps(Id node, long store) {
    Voter known = stores.of(node);
    if (known == null || known.store() != store) {
      doubtful.add(node);
      if (!asked.contains(node)) {
        ask(node);
      }
    }
  }

  /** Asks a node, whatever is known of it. */
  void ask(Id node) {
    asked.add(node);
    boolean doubted = doubtful.remove(node);
    post.send(
        node,
        new CopyRequest.Locate(List.of()),
        CopyReply.Located.class,
        reply -> {
          asked.remove(node);
          stores.heard(node, reply.store());
          around.get().keeps(node, reply.durable());
          whenHeard.run();
          if (doubtful.contains(node)) {
            ask(node);
          }
        },
        () -> {
          asked.remove(node);
          // It is asked again with the next look around.
          if (doubted && around.get().isThere(node)) {
            doubtful.add(node);
          }
        });
  }
}
