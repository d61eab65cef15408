package org.ringoverlay.dht.internal.arc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Finding;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Range;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;

/**
 * Compares, from time to time, the copies of the arcs that this node leads with what their other
 * members hold, and has the leaders level what differs.
 *
 * <p>While nothing differs that is one message for each other member, whatever arcs are shared with
 * it. At most one message to each is under way, and {@code ring.dht.compare.messages} are sent in
 * one round; the next round goes on where one ended. On the loop.
 */
final class Comparisons {
  private static final long INTERVAL_NANOS_MIN = 100_000_000;

  private final Ring ring;
  private final Shelf shelf;
  private final Leaders leaders;
  private final CopyPost post;
  private final long intervalNanos;
  private final int messagesMax;
  private final Map<Voter, Comparison> running = new TreeMap<>();

  /** With which arc a round that was not completed is to go on. */
  private final Map<Voter, Integer> cursors = new TreeMap<>();

  private boolean begun;

  Comparisons(Ring ring, Shelf shelf, Leaders leaders, CopyPost post) {
    this.ring = ring;
    this.shelf = shelf;
    this.leaders = leaders;
    this.post = post;
    this.intervalNanos = ring.settings().get(DhtSettings.COMPARE_INTERVAL);
    this.messagesMax = ring.settings().get(DhtSettings.COMPARE_MESSAGES);
    if (intervalNanos < INTERVAL_NANOS_MIN) {
      throw new RingException.InvalidInput(
          "The setting ring.dht.compare.interval is 100ms or more, not "
              + ring.settings().text(DhtSettings.COMPARE_INTERVAL)
              + ".");
    }
  }

  /** Begins, once; at a time of its own, so that not all nodes compare at the same moment. */
  void begin() {
    if (!begun) {
      begun = true;
      ring.scheduler().schedule(1 + ring.randomness().below(intervalNanos), this::round);
    }
  }

  private void round() {
    ring.scheduler().schedule(intervalNanos, this::round);
    Map<Voter, BitSet> shared = leaders.shared();
    cursors.keySet().retainAll(shared.keySet());
    shared.forEach(
        (member, arcs) -> {
          if (!running.containsKey(member)) {
            var comparison = new Comparison(member, arcs);
            running.put(member, comparison);
            comparison.goOn();
          }
        });
  }

  /** One round with one member. */
  private final class Comparison {
    private final Voter member;
    private final Reconciliation here;
    private final ArrayDeque<Range> toAsk = new ArrayDeque<>();
    private int sent;

    Comparison(Voter member, BitSet arcs) {
      this.member = member;
      this.here = new Reconciliation(shelf, leaders.arcs().count());
      int from = cursors.getOrDefault(member, 0);
      BitSet before = arcs.get(0, from);
      var after = (BitSet) arcs.clone();
      after.clear(0, from);
      for (BitSet part : List.of(after, before)) {
        if (!part.isEmpty()) {
          toAsk.add(here.of(part));
        }
      }
    }

    private void goOn() {
      if (toAsk.isEmpty() || sent == messagesMax) {
        end();
        return;
      }
      sent++;
      var ranges = new ArrayList<Range>();
      while (ranges.size() < Reconciliation.RANGES_MAX && !toAsk.isEmpty()) {
        ranges.add(here.told(toAsk.remove()));
      }
      post.send(
          member.node(),
          new CopyRequest.Compare(ranges),
          CopyReply.Compared.class,
          reply -> take(ranges, reply),
          this::end);
    }

    private void take(List<Range> ranges, CopyReply.Compared reply) {
      if (reply.store() != member.store() || reply.findings().isEmpty()) {
        leaders.keeps(member.node(), reply.store());
        end();
        return;
      }
      int found = reply.findings().size();
      for (int at = ranges.size() - 1; at >= found; at--) {
        toAsk.addFirst(ranges.get(at));
      }
      var named = new ArrayList<Range>();
      var theirs = new ArrayList<List<Head>>();
      for (int at = found - 1; at >= 0; at--) {
        Finding finding = reply.findings().get(at);
        if (finding instanceof Finding.Held held) {
          named.add(ranges.get(at));
          theirs.add(held.heads());
        } else if (finding instanceof Finding.Parts parts) {
          List<Range> own = here.parts(ranges.get(at));
          for (int part = own.size() - 1; part >= 0; part--) {
            if (!own.get(part).fingerprint().equals(parts.fingerprints().get(part))) {
              toAsk.addFirst(own.get(part));
            }
          }
        }
      }
      List<List<Head>> own = here.heads(named);
      for (int at = 0; at < named.size(); at++) {
        leaders.differs(
            Reconciliation.firstArc(named.get(at)), member, own.get(at), theirs.get(at));
      }
      goOn();
    }

    private void end() {
      running.remove(member);
      if (toAsk.isEmpty()) {
        cursors.remove(member);
      } else {
        cursors.put(member, Reconciliation.firstArc(toAsk.element()));
      }
    }
  }
}
