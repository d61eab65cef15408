package org.ringoverlay.internal.node;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Identity;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Store;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.RingView;

/**
 * Where a node comes from: a fresh identity or the one in its data directory, and with that whether
 * it founds a ring, joins one or resumes.
 *
 * <p>A node founds only with an empty directory, or none, and without seeds or when it was told to.
 */
final class Origin {
  private static final int PEERS_MAX = 64;

  private final Identity identity;
  private final boolean founds;
  private final List<String> contacts;
  private Identity saved;

  /** Whether the disk refused what was to be saved last, so that it is to be tried again. */
  private volatile boolean refused;

  private Origin(Identity identity, boolean founds, List<String> contacts) {
    this.identity = identity;
    this.saved = identity;
    this.founds = founds;
    this.contacts = contacts;
  }

  /**
   * Finds out.
   *
   * @throws RingException.InvalidInput if the directory is another ring's, or another ID was asked
   *     for
   */
  static Origin of(NodeConfig config, Optional<Store> store, Randomness randomness) {
    Optional<Identity> former = store.flatMap(Store::identity);
    if (former.isEmpty()) {
      Id id = config.id().orElseGet(() -> draw(randomness));
      boolean founds = config.found() || config.seeds().isEmpty();
      return new Origin(
          new Identity(id, 1, config.ring(), "", 0, List.of()), founds, config.seeds());
    }
    Identity before = former.get();
    if (!before.ring().equals(config.ring())) {
      throw new RingException.InvalidInput(
          "The data directory belongs to ring '"
              + Printable.text(before.ring(), 128)
              + "', this node is told to be of ring '"
              + config.ring()
              + "'.");
    }
    if (config.id().isPresent() && !config.id().get().equals(before.node())) {
      throw new RingException.InvalidInput(
          "The data directory belongs to node "
              + before.node()
              + ", not "
              + config.id().get()
              + ".");
    }
    Identity next =
        new Identity(
            before.node(),
            before.incarnation() + 1,
            before.ring(),
            before.ringIdentity(),
            before.arcBits(),
            before.peers());
    var contacts = new LinkedHashSet<>(config.seeds());
    contacts.addAll(before.peers());
    boolean founds = !before.hasJoined() && (config.found() || contacts.isEmpty());
    return new Origin(next, founds, List.copyOf(new ArrayList<>(contacts)));
  }

  private static Id draw(Randomness randomness) {
    return Id.of(randomness.nextLong(), randomness.nextLong(), (int) randomness.nextLong());
  }

  Identity identity() {
    return identity;
  }

  boolean founds() {
    return founds;
  }

  /** Whom to ask to be let in. */
  List<String> contacts() {
    return contacts;
  }

  /**
   * Names this run of the node in its requests: a node in memory that starts again under a chosen
   * ID has the incarnation that it had, and must not be taken for its former self.
   */
  long drawRun(Randomness randomness) {
    return (identity.incarnation() << 31) | randomness.below(1L << 31);
  }

  String drawRingIdentity(Randomness randomness) {
    return String.format("%016x%016x", randomness.nextLong(), randomness.nextLong());
  }

  /** Saves in which ring the node is and who was there, if that changed. */
  void remember(Store store, RingView view, String ringIdentity, RingObserver observer) {
    List<String> peers =
        view.neighbours(identity.node(), PEERS_MAX / 2).stream().map(Member::address).toList();
    var now =
        new Identity(
            identity.node(),
            identity.incarnation(),
            identity.ring(),
            ringIdentity,
            view.arcs().bits(),
            peers.isEmpty() ? saved.peers() : peers);
    if (now.equals(saved) && !refused) {
      return;
    }
    saved = now;
    refused = false;
    store
        .save(now)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                refused = true;
                observer.trouble(
                    identity.node(), "the identity could not be saved: " + failure.getMessage());
              }
            });
  }
}
