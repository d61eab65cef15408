package org.ringoverlay.internal.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.view.Member;

/**
 * Ways around a link that swallows what is sent on it, although all others hear both its ends.
 *
 * <p>Where all members are known a message makes one hop and nobody acknowledges it, so the asker's
 * own repeats are the only sign. From the third attempt on every other one goes through another
 * member, each time a different one, and the answer goes back by the member through which its
 * request came. On the loop.
 */
final class Detours {
  private static final int DIRECT_ATTEMPTS = 2;

  /** Requests whose way is remembered; of others the answer goes straight back. */
  private static final int REMEMBERED_MAX = 1_024;

  /** A request by its name, so that nobody can turn the answers to another's aside. */
  private record Request(Id asker, long run, long sequence) {}

  private final Id self;
  private final Supplier<List<Member>> members;
  private final LinkedHashMap<Request, Id> cameBy = new LinkedHashMap<>();

  /**
   * Makes it.
   *
   * @param members through whom a message may go
   */
  Detours(Id self, Supplier<List<Member>> members) {
    this.self = self;
    this.members = members;
  }

  /** A request came to its end by a node, which is its asker if it came straight. */
  void came(Id from, Envelope request) {
    var name = new Request(request.origin(), request.incarnation(), request.sequence());
    cameBy.remove(name);
    if (!from.equals(request.origin())) {
      cameBy.put(name, from);
      if (cameBy.size() > REMEMBERED_MAX) {
        cameBy.remove(cameBy.keySet().iterator().next());
      }
    }
  }

  /**
   * Whom to hand a message of this node's own to: its next hop, or a member on the way around it.
   */
  Id instead(Id next, Envelope message) {
    Id around = null;
    if (!message.origin().equals(self)) {
      return next;
    }
    if (message.kind() == Kind.REQUEST) {
      int attempt = Long.numberOfTrailingZeros(message.attempts()) + 1;
      if (attempt > DIRECT_ATTEMPTS && attempt % 2 != 0) {
        around = member(next, message.sequence() + attempt);
      }
    } else if (next.equals(message.target())) {
      around = cameBy.get(new Request(next, message.incarnation(), message.sequence()));
    }
    return around == null ? next : around;
  }

  private @Nullable Id member(Id next, long turn) {
    List<Member> known = members.get();
    for (int i = 0; i < known.size(); i++) {
      Id id = known.get(Math.floorMod(turn + i, known.size())).id();
      if (!id.equals(self) && !id.equals(next)) {
        return id;
      }
    }
    return null;
  }
}
