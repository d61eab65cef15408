package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Fingerprint;
import org.ringoverlay.dht.internal.wire.Print;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/**
 * The keys of one arc whose copies differ and go on doing so.
 *
 * <p>Members are asked for what they hold at moments of their own, so a key that is being written
 * looks different on each. It is looked at again after a pause: a copy that has caught up with the
 * newest that was seen before is sound, and one that has not after some looks differs. On the loop.
 */
final class Discrepancies {
  private static final int LOOKS_MAX = 4;
  private static final int KEYS_MAX = CopyRequest.InspectKeys.KEYS_MAX;

  private final Verification verification;
  private final int arc;
  private final List<Voter> members;
  private final List<Verification.Uneven> uneven = new ArrayList<>();
  private final Map<Voter, CopyReply.InspectedKeys> told = new TreeMap<>();

  /** What members hold of the keys that are in doubt, as of the last look. */
  private Map<String, Map<Voter, Print>> doubtful = new TreeMap<>();

  private long records;
  private int looks;
  private int waiting;
  private boolean sure = true;

  Discrepancies(Verification verification, int arc, List<Voter> members) {
    this.verification = verification;
    this.arc = arc;
    this.members = members;
  }

  /** The members whose copies were compared. */
  List<Voter> members() {
    return members;
  }

  /** The keys whose copies differ. */
  List<Verification.Uneven> uneven() {
    return uneven;
  }

  /** How many records there are. */
  long records() {
    return records;
  }

  /** Whether all members answered, in time, and no more keys differ than were looked at. */
  boolean isSure() {
    return sure;
  }

  /** Finds them, and tells when it is done; never within the call. */
  void find(Consumer<Discrepancies> done) {
    ask("", List.of(), () -> compare(done));
  }

  private void ask(String after, List<String> keys, Runnable then) {
    told.clear();
    waiting = members.size();
    for (Voter member : members) {
      verification.ask(
          member.node(),
          new CopyRequest.InspectKeys(arc, after, keys),
          CopyReply.InspectedKeys.class,
          reply -> told.put(member, reply),
          () -> {
            waiting--;
            if (waiting == 0) {
              sure &= areSound(after, keys);
              then.run();
            }
          });
    }
  }

  /** Whether the same members answered, and each in the order of its keys. */
  private boolean areSound(String after, List<String> keys) {
    for (Voter member : members) {
      CopyReply.InspectedKeys reply = told.get(member);
      if (reply == null || reply.store() != member.store()) {
        return false;
      }
      String last = after;
      for (Print print : reply.prints()) {
        if (print.key() == null
            || (keys.isEmpty() ? print.key().compareTo(last) <= 0 : !keys.contains(print.key()))) {
          return false;
        }
        last = print.key();
      }
    }
    return true;
  }

  private void compare(Consumer<Discrepancies> done) {
    if (!sure) {
      done.accept(this);
      return;
    }
    // What lies beyond the shortest answer is looked at with the next.
    String until = null;
    for (CopyReply.InspectedKeys reply : told.values()) {
      if (reply.more() && !reply.prints().isEmpty()) {
        String last = reply.prints().get(reply.prints().size() - 1).key();
        until = until == null || last.compareTo(until) < 0 ? last : until;
      }
    }
    Map<String, Map<Voter, Print>> byKey = byKey(until);
    records += byKey.size();
    byKey.forEach(
        (key, prints) -> {
          if (!areEqual(prints)) {
            if (doubtful.size() < KEYS_MAX) {
              doubtful.put(key, prints);
            } else {
              sure = false;
            }
          }
        });
    String next = until;
    if (next != null && verification.left() > 0) {
      ask(next, List.of(), () -> compare(done));
    } else {
      sure &= next == null;
      lookAgain(done);
    }
  }

  private Map<String, Map<Voter, Print>> byKey(@Nullable String until) {
    var byKey = new TreeMap<String, Map<Voter, Print>>();
    told.forEach(
        (member, reply) ->
            reply.prints().stream()
                .filter(print -> until == null || print.key().compareTo(until) <= 0)
                .forEach(
                    print ->
                        byKey
                            .computeIfAbsent(print.key(), unused -> new TreeMap<>())
                            .put(member, print)));
    return byKey;
  }

  private boolean areEqual(Map<Voter, Print> prints) {
    return prints.size() == members.size() && prints.values().stream().distinct().count() == 1;
  }

  private void lookAgain(Consumer<Discrepancies> done) {
    if (doubtful.isEmpty()) {
      done.accept(this);
      return;
    }
    if (looks == LOOKS_MAX || verification.left() <= 0) {
      sure &= looks > 0;
      doubtful.forEach((key, prints) -> uneven.add(uneven(key, prints)));
      done.accept(this);
      return;
    }
    looks++;
    verification.afterPause(
        () ->
            ask(
                "",
                List.copyOf(doubtful.keySet()),
                () -> {
                  if (!told.keySet().containsAll(members)) {
                    done.accept(this);
                    return;
                  }
                  Map<String, Map<Voter, Print>> now = byKey(null);
                  var still = new TreeMap<String, Map<Voter, Print>>();
                  doubtful.forEach(
                      (key, before) -> {
                        Map<Voter, Print> after = now.getOrDefault(key, Map.of());
                        if (!isLevel(before, after)) {
                          still.put(key, after);
                        }
                      });
                  doubtful = still;
                  lookAgain(done);
                }));
  }

  /** Whether every copy has what the newest of them had before, and none contradicts another. */
  private boolean isLevel(Map<Voter, Print> before, Map<Voter, Print> after) {
    if (after.isEmpty()) {
      return true;
    }
    long newest = before.values().stream().mapToLong(Print::version).max().orElse(0);
    var contents = new TreeMap<Long, Fingerprint>();
    for (Voter member : members) {
      Print print = after.get(member);
      if (print == null || print.version() < newest) {
        return false;
      }
      Fingerprint other = contents.putIfAbsent(print.version(), print.content());
      if (other != null && !other.equals(print.content())) {
        return false;
      }
    }
    return true;
  }

  private Verification.Uneven uneven(String fullKey, Map<Voter, Print> prints) {
    var versions = new TreeMap<Id, Long>();
    for (Voter member : members) {
      Print print = prints.get(member);
      versions.put(member.node(), print == null ? 0 : print.version());
    }
    return new Verification.Uneven(arc, Keys.spaceOf(fullKey), Keys.keyOf(fullKey), versions);
  }
}
