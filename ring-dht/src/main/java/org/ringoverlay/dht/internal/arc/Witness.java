package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.CommitNumber;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * Has nodes notice a disk that was put back to an older state: puts into the messages between
 * copies how far this node's store is, remembers how far those of others were, and tells them.
 *
 * <p>A number is told only when that commit is on the disk, or, in a reply, will be before the
 * reply is sent. So a store of which anybody saw a higher one than it has is older than what it
 * said. On the loop.
 */
final class Witness {
  private final Journal journal;
  private final Sightings sightings;
  private Runnable whenOlder = () -> {};

  Witness(Journal journal) {
    this.journal = journal;
    this.sightings = journal.sightings();
  }

  /** Whom to tell that somebody saw more of this node's store than there is. */
  void whenOlder(Runnable told) {
    whenOlder = told;
  }

  /** The highest that was seen of the store that a node was last seen to keep; null if nothing. */
  @Nullable CommitNumber of(Id node) {
    return sightings.of(node);
  }

  private @Nullable CommitNumber own() {
    return journal.isDurable() ? new CommitNumber(journal.self().store(), journal.commit()) : null;
  }

  /** A request, with how far this node is. */
  CopyRequest signed(Id to, CopyRequest request) {
    CommitNumber own = own();
    if (request instanceof CopyRequest.Batch batch) {
      var requests = new ArrayList<>(batch.requests());
      requests.replaceAll(each -> each instanceof CopyRequest.Locate ? signed(to, each) : each);
      return new CopyRequest.Batch(requests, own);
    }
    if (request instanceof CopyRequest.Locate locate) {
      return new CopyRequest.Locate(
          locate.arcs(), locate.leaving(), locate.resting(), own, sightings.of(to));
    }
    return own != null && request instanceof CopyRequest.Accept accept ? accept.from(own) : request;
  }

  /**
   * Another node asks something.
   *
   * @throws RingException.InvalidInput if a sound node cannot have sent it
   */
  void heard(Id from, CopyRequest request) {
    if (request instanceof CopyRequest.Batch batch) {
      saw(from, batch.sender());
      for (CopyRequest each : batch.requests()) {
        if (each instanceof CopyRequest.Locate) {
          heard(from, each);
        }
      }
    } else if (request instanceof CopyRequest.Accept accept) {
      saw(from, accept.sender());
    } else if (request instanceof CopyRequest.Locate locate) {
      saw(from, locate.sender());
      wasSeen(locate.seen());
    }
  }

  private void saw(Id node, @Nullable CommitNumber sighting) {
    if (sighting != null) {
      sighting.check();
      sightings.saw(new Voter(node, sighting.store()), sighting.commit());
    }
  }

  /** Somebody saw this of a store, which may be this node's. */
  private void wasSeen(@Nullable CommitNumber seen) {
    if (seen != null) {
      seen.check();
      if (journal.isDurable()
          && seen.store() == journal.self().store()
          && seen.commit() > journal.commit()) {
        whenOlder.run();
      }
    }
  }

  /** A reply, with how far this node will be when the reply is sent. */
  CopyReply signed(Id to, CopyRequest request, CopyReply reply) {
    long commit = journal.isDurable() ? journal.commitOfAll() : 0;
    if (reply instanceof CopyReply.Answers answers && request instanceof CopyRequest.Batch batch) {
      var replies = new ArrayList<>(answers.replies());
      for (int at = 0; at < replies.size(); at++) {
        if (replies.get(at) instanceof CopyReply.Located located) {
          replies.set(at, signed(to, batch.requests().get(at), located));
        }
      }
      return new CopyReply.Answers(
          replies,
          answers.times(),
          commit == 0 ? null : new CommitNumber(journal.self().store(), commit));
    }
    if (reply instanceof CopyReply.Located located) {
      CommitNumber asker = request instanceof CopyRequest.Locate locate ? locate.sender() : null;
      CommitNumber seen =
          asker == null
              ? null
              : new CommitNumber(asker.store(), sightings.of(new Voter(to, asker.store())));
      return new CopyReply.Located(
          located.store(), located.durable(), located.placed(), commit, seen);
    }
    if (commit == 0) {
      return reply;
    }
    if (reply instanceof CopyReply.Accepted accepted) {
      return accepted.at(commit);
    }
    if (reply instanceof CopyReply.Floored floored) {
      return floored.at(commit);
    }
    return reply instanceof CopyReply.Promise promise ? promise.at(commit) : reply;
  }

  /**
   * Another node has answered.
   *
   * @param before what {@link #of} gave when it was asked
   * @return whether the reply counts: it does not if the node's store is behind what was seen of it
   *     before it was asked, for what it promised meanwhile it has forgotten
   */
  boolean counts(Id from, @Nullable CommitNumber before, CopyReply reply) {
    try {
      if (reply instanceof CopyReply.Answers answers) {
        answers.replies().forEach(this::wasSeen);
      }
      wasSeen(reply);
      CommitNumber now = sender(reply);
      saw(from, now);
      return now == null
          || now.commit() == 0
          || before == null
          || before.store() != now.store()
          || now.commit() >= before.commit();
    } catch (RingException.InvalidInput unsound) {
      return false;
    }
  }

  private void wasSeen(CopyReply reply) {
    if (reply instanceof CopyReply.Located located) {
      wasSeen(located.seen());
    }
  }

  private static @Nullable CommitNumber sender(CopyReply reply) {
    if (reply instanceof CopyReply.Answers answers) {
      return answers.sender();
    }
    if (reply instanceof CopyReply.Accepted accepted) {
      return new CommitNumber(accepted.store(), accepted.commit());
    }
    if (reply instanceof CopyReply.Floored floored) {
      return new CommitNumber(floored.store(), floored.commit());
    }
    if (reply instanceof CopyReply.Promise promise) {
      return new CommitNumber(promise.store(), promise.commit());
    }
    return reply instanceof CopyReply.Located located
        ? new CommitNumber(located.store(), located.commit())
        : null;
  }
}
