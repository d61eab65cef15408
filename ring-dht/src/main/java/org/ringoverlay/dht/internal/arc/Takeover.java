package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.id.Id;

/**
 * One attempt to become an arc's daddy: collects promises, and what each member that may hold
 * copies knows.
 *
 * <p>An acknowledged change is at a majority of the copies of its time. So the attempt is never
 * complete while so many members are silent or lately dead that they could hide one: they answer in
 * the end, or they are declared dead and are members no more. Fewer silent ones are waited for only
 * until the grace has passed. A node that said that it holds something may hold the only copy, and
 * is waited for as long as it is a member.
 */
final class Takeover {
  private final long sinceNanos;
  private final Map<Id, String> asking = new LinkedHashMap<>();
  private final List<Id> heard = new ArrayList<>();
  private final List<Id> extra = new ArrayList<>();
  private final TreeMap<String, Known> known = new TreeMap<>();

  /**
   * What is known of a key.
   *
   * @param version the highest version met
   * @param holders the nodes that hold it
   */
  record Known(long version, List<Id> holders) {}

  /**
   * Begins.
   *
   * @param sinceNanos when the first attempt began, from which the grace counts
   */
  Takeover(long sinceNanos) {
    this.sinceNanos = sinceNanos;
  }

  /** The nodes whose knowledge is complete. */
  List<Id> heard() {
    return Collections.unmodifiableList(heard);
  }

  /** What was heard, by full key. */
  Map<String, Known> known() {
    return Collections.unmodifiableMap(known);
  }

  /** Asks one more node, which says that it holds something. */
  void alsoAsk(Id node) {
    if (!extra.contains(node)) {
      extra.add(node);
    }
  }

  /** The nodes to ask now, which then count as being asked. */
  List<Id> toAsk(Place place) {
    var now = new ArrayList<Id>();
    for (Id node : concat(place.asked(), extra)) {
      if (!heard.contains(node) && asking.putIfAbsent(node, "") == null) {
        now.add(node);
      }
    }
    return now;
  }

  /** After which key to go on asking a node. */
  String after(Id node) {
    return asking.getOrDefault(node, "");
  }

  /** A node promised and told of these registers; whether that was all that it holds. */
  void heard(Id node, List<Head> heads, boolean more) {
    for (Head head : heads) {
      Known old = known.get(head.key());
      if (old == null || old.version() < head.version()) {
        var holders = new ArrayList<Id>();
        holders.add(node);
        known.put(head.key(), new Known(head.version(), holders));
      } else if (old.version() == head.version() && !old.holders().contains(node)) {
        old.holders().add(node);
      }
    }
    if (more && !heads.isEmpty()) {
      asking.put(node, heads.get(heads.size() - 1).key());
    } else {
      asking.remove(node);
      if (!heard.contains(node)) {
        heard.add(node);
      }
    }
  }

  /** A node did not answer; {@link #toAsk} will name it again. */
  void silent(Id node) {
    asking.remove(node);
  }

  /** A node is in the ring no more, so it will never answer. */
  void gone(Id node) {
    asking.remove(node);
    extra.remove(node);
  }

  /** What these nodes said counts no more: they may have started again since. */
  void forget(List<Id> nodes) {
    heard.removeAll(nodes);
    asking.keySet().removeAll(nodes);
    known.values().forEach(each -> each.holders().removeAll(nodes));
    known.values().removeIf(each -> each.holders().isEmpty());
  }

  /** Whether enough is known. */
  boolean isComplete(Place place, long nowNanos, long graceNanos) {
    boolean graceOver = nowNanos - sinceNanos >= graceNanos;
    int silent = 0;
    int answered = 0;
    for (Id node : place.asked()) {
      if (heard.contains(node)) {
        answered++;
      } else if (place.suspects().contains(node) || graceOver) {
        silent++;
      } else {
        return false;
      }
    }
    return heard.containsAll(extra)
        && answered >= place.need()
        && (silent == 0 || silent + place.goneLately() <= place.spare());
  }

  /** The members that have not answered, for people to read. */
  String missing(Place place) {
    var names = new ArrayList<String>();
    for (Id node : concat(place.asked(), extra)) {
      if (!heard.contains(node)) {
        names.add(node.shortString());
      }
    }
    return String.join(", ", names);
  }

  private static List<Id> concat(List<Id> some, List<Id> more) {
    var all = new ArrayList<>(some);
    for (Id one : more) {
      if (!all.contains(one)) {
        all.add(one);
      }
    }
    return all;
  }
}
