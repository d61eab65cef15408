package org.ringoverlay.internal.membership;

import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Timer;

/**
 * How a node comes into a ring.
 *
 * <p>{@code SEEKING → DISCOVERING → ANNOUNCING → DONE}, or {@code FAILED} from any of the first
 * three, when the time for the whole is over.
 *
 * <ul>
 *   <li>Seeking: the seeds are tried one after another until one lets the node in and tells it the
 *       members.
 *   <li>Discovering: the nearest known on both sides are asked, until they know none nearer. They
 *       name the whole leaf set.
 *   <li>Announcing: the node is alive, and each of its leaf set is told so until it agrees,
 *       newcomers too. Then it is ready: its leaf set and those of its neighbours hold each other.
 *       Of two that come at once at least one hears of the other from every neighbour that they
 *       share, and is not ready before the other agreed.
 * </ul>
 *
 * On the loop.
 */
public final class Joining {
  private enum State {
    SEEKING,
    DISCOVERING,
    ANNOUNCING,
    DONE,
    FAILED
  }

  /**
   * The clocks.
   *
   * @param timeoutNanos how long to seek a seed that lets the node in
   * @param attemptNanos how long one seed may take
   */
  public record Limits(long timeoutNanos, long attemptNanos) {}

  /** Hears how it goes. */
  public interface Listener {
    /** Connects to whoever listens at an address. */
    void dialSeed(String address);

    /** A seed let the node in, to the ring of this identity. */
    void admitted(LinkMessage.Joined joined);

    /** The node is ready. */
    void joined();

    /** No seed let it in. */
    void failed(RingException why);
  }

  private final Limits limits;
  private final List<String> seeds;
  private final Membership membership;
  private final Post post;
  private final Clock clock;
  private final Scheduler scheduler;
  private final Randomness randomness;
  private final Listener listener;
  private final Settling settling;
  private final TreeMap<String, String> troubles = new TreeMap<>();
  private final TreeSet<String> rejecting = new TreeSet<>();
  private State state = State.SEEKING;
  private long deadline;
  private int nextSeed;
  private String asked = "";

  /** The seeds that were asked so far: nobody else lets this node in. */
  private final TreeSet<Id> askedNodes = new TreeSet<>();

  private @Nullable Timer timer;

  /** Makes the join of a node. */
  public Joining(
      Limits limits,
      List<String> seeds,
      Membership membership,
      Post post,
      Clock clock,
      Scheduler scheduler,
      Randomness randomness,
      Settling settling,
      Listener listener) {
    this.limits = limits;
    this.seeds = List.copyOf(seeds);
    this.membership = membership;
    this.post = post;
    this.clock = clock;
    this.scheduler = scheduler;
    this.randomness = randomness;
    this.settling = settling;
    this.listener = listener;
  }

  /** Begins to seek. */
  public void start() {
    deadline = clock.nanos() + limits.timeoutNanos();
    trySeed();
  }

  /** Gives up without a word. */
  public void cancel() {
    state = State.FAILED;
    settling.cancel();
    rearm(null);
  }

  private void trySeed() {
    if (state != State.SEEKING) {
      return;
    }
    if (clock.nanos() - deadline >= 0) {
      fail(
          new RingException.Unavailable(
              "No seed let this node in within "
                  + limits.timeoutNanos() / 1_000_000
                  + " ms: "
                  + troublesText()
                  + "."));
      return;
    }
    String seed = seeds.get(nextSeed);
    nextSeed = (nextSeed + 1) % seeds.size();
    troubles.putIfAbsent(seed, "no answer");
    rearm(scheduler.schedule(limits.attemptNanos(), this::trySeed));
    listener.dialSeed(seed);
  }

  private String troublesText() {
    var text = new StringBuilder();
    troubles.forEach(
        (seed, trouble) ->
            text.append(text.length() == 0 ? "" : "; ").append(seed).append(": ").append(trouble));
    return text.toString();
  }

  /** The node at a seed's address agreed to talk. */
  public void seedLinked(String address, Id node) {
    if (state == State.SEEKING) {
      asked = address;
      askedNodes.add(node);
      troubles.put(address, "connected, but it did not let this node in");
      post.send(node, new LinkMessage.Join(membership.selfEntry()));
    }
  }

  /** The node at a seed's address cannot be talked to. */
  public void seedFailed(String address, RingException why) {
    if (state != State.SEEKING) {
      return;
    }
    troubles.put(address, why.getMessage());
    if (why instanceof RingException.Incompatible || why instanceof RingException.InvalidInput) {
      rejecting.add(address);
      if (rejecting.containsAll(seeds)) {
        fail(why);
        return;
      }
    } else {
      rejecting.remove(address);
    }
    again();
  }

  /** The seed cannot let this node in now, and says why. */
  public void notReady(Id from, String why) {
    if (state == State.SEEKING && askedNodes.contains(from)) {
      troubles.put(asked, "not ready: " + Printable.text(why, 100));
      again();
    }
  }

  /**
   * Tries the next seed soon: at once if there is another, after a breath if all had their turn.
   */
  private void again() {
    long breath = nextSeed == 0 ? 50_000_000L + randomness.below(100_000_000L) : 0;
    rearm(scheduler.schedule(breath, this::trySeed));
  }

  /** A seed let this node in. */
  public void joined(Id from, LinkMessage.Joined joined) {
    if (state != State.SEEKING || !askedNodes.contains(from)) {
      return;
    }
    state = State.DISCOVERING;
    listener.admitted(joined);
    rearm(null);
    membership.apply(joined.entries(), "named by the seed");
    settling.begin(Settling.Whom.NEAREST, deadline, this::discovered, this::late);
  }

  private void discovered() {
    state = State.ANNOUNCING;
    membership.announce();
    settling.begin(Settling.Whom.LEAVES, deadline, this::agreed, this::late);
  }

  private void agreed() {
    state = State.DONE;
    listener.joined();
  }

  /**
   * A neighbour is connected to another process that has this node's ID. That one is a member and
   * goes on; a seed that has nothing to do with either could not know.
   */
  public void rejected(RingException why) {
    if (state == State.DISCOVERING || state == State.ANNOUNCING) {
      settling.cancel();
      fail(why);
    }
  }

  private void late(String silent) {
    fail(
        new RingException.Unavailable(
            "These neighbours did not agree on this node within "
                + limits.timeoutNanos() / 1_000_000
                + " ms:"
                + silent
                + "."));
  }

  private void fail(RingException why) {
    state = State.FAILED;
    rearm(null);
    listener.failed(why);
  }

  private void rearm(@Nullable Timer next) {
    Timer current = timer;
    if (current != null) {
      current.cancel();
    }
    timer = next;
  }
}
