package org.ringoverlay.internal.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.view.Member;

/**
 * Ways around a link that swallows what is sent on it, although all others hear both its ends.
 *
 * <p>Where all members are known a message makes one hop and nobody acknowledges it, so an asker's
 * own unanswered attempts are the only sign. It makes some of the further ones through another
 * member, each time a different one, and the answer goes back by the member through which its
 * request came. On the loop.
 */
final class Detours {
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

  /** A known member's request came to its end by a node, which is its asker if it came straight. */
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

  /** Whom to hand an answer to: its next hop, or the member by which its request came. */
  Id back(Id next, Envelope message) {
    boolean own = message.kind() != Kind.REQUEST && message.origin().equals(self);
    Id by =
        own && next.equals(message.target())
            ? cameBy.get(new Request(next, message.incarnation(), message.sequence()))
            : null;
    return by == null || !isKnown(by) ? next : by;
  }

  /** Whoever has left since takes no answer along. */
  private boolean isKnown(Id node) {
    return members.get().stream().anyMatch(member -> member.id().equals(node));
  }

  /** Another member than the next hop, the next one with each turn; the hop if there is none. */
  Id around(Id next, long turn) {
    List<Member> known = members.get();
    for (int i = 0; i < known.size(); i++) {
      Id id = known.get(Math.floorMod(turn + i, known.size())).id();
      if (!id.equals(self) && !id.equals(next)) {
        return id;
      }
    }
    return next;
  }
}
