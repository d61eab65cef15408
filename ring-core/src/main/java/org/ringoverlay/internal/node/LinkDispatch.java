package org.ringoverlay.internal.node;

import java.util.List;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.call.Calls;
import org.ringoverlay.internal.link.LinkEvents;
import org.ringoverlay.internal.membership.FailureDetector;
import org.ringoverlay.internal.membership.Membership;
import org.ringoverlay.internal.wire.Card;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.view.MemberState;

/** Hands what links say to the concern that owns it. On the loop. */
final class LinkDispatch implements LinkEvents {
  private final Membership membership;
  private final FailureDetector detector;
  private final Router router;
  private final Calls calls;
  private final Entrance entrance;
  private final RingObserver observer;

  LinkDispatch(
      Membership membership,
      FailureDetector detector,
      Router router,
      Calls calls,
      Entrance entrance,
      RingObserver observer) {
    this.membership = membership;
    this.detector = detector;
    this.router = router;
    this.calls = calls;
    this.entrance = entrance;
    this.observer = observer;
  }

  @Override
  public void linked(Card card) {
    MemberState known = membership.stateOf(card.id());
    if (known == MemberState.DEAD) {
      detector.pong(card.id(), new LinkMessage.Pong(0, membership.digest()));
    }
    membership.connected(card.id());
  }

  @Override
  public void linkMessage(Id from, LinkMessage message) {
    if (message instanceof LinkMessage.Ping ping) {
      detector.ping(from, ping);
    } else if (message instanceof LinkMessage.Beat beat) {
      detector.beat(from, beat);
    } else if (message instanceof LinkMessage.Pong pong) {
      detector.pong(from, pong);
    } else if (message instanceof LinkMessage.News news) {
      membership.gossip().news(from, news);
    } else if (message instanceof LinkMessage.Sums sums) {
      membership.gossip().sums(from, sums);
    } else if (message instanceof LinkMessage.Have have) {
      membership.gossip().have(from, have);
    } else if (message instanceof LinkMessage.Want want) {
      membership.gossip().want(from, want);
    } else if (message instanceof LinkMessage.Lacking lacking) {
      membership.gossip().lacking(from, lacking);
    } else if (message instanceof LinkMessage.Probe probe) {
      detector.probe(from, probe);
    } else if (message instanceof LinkMessage.Probed probed) {
      detector.probed(from, probed);
    } else if (message instanceof LinkMessage.Scale scale) {
      membership.scaleOf(from, scale.number());
    } else if (message instanceof LinkMessage.Join join) {
      entrance.letIn(from, join);
    } else if (message instanceof LinkMessage.Joined joined) {
      entrance.joined(from, joined);
    } else if (message instanceof LinkMessage.NotReady notReady) {
      entrance.notReady(from, notReady);
    } else if (message instanceof LinkMessage.Settle settle) {
      membership.settle(from, settle);
    } else if (message instanceof LinkMessage.Settled settled) {
      entrance.settled(from, settled);
    } else if (message instanceof LinkMessage.NotUnderstood notUnderstood) {
      observer.trouble(
          membership.self(),
          "node "
              + from.shortString()
              + " did not understand "
              + Printable.text(notUnderstood.what(), 100));
    }
  }

  @Override
  public void travelling(Id from, Envelope envelope, int hopNumber) {
    router.travelling(from, envelope, hopNumber);
  }

  @Override
  public void acknowledged(Id from, List<Integer> numbers) {
    router.acknowledged(from, numbers);
  }

  @Override
  public void unlinked(Id node, String reason, boolean refused) {
    calls.doubt(node);
    detector.unlinked(node, reason, refused);
  }

  @Override
  public void rival(Json card, RingException why) {
    membership.apply(List.of(new Entry(card, 1, MemberState.ALIVE)), "told when it was rejected");
    entrance.rejected(why);
  }

  @Override
  public void seedFailed(String seed, RingException why) {
    entrance.seedFailed(seed, why);
  }

  @Override
  public void seedLinked(String seed, Card card) {
    entrance.seedLinked(seed, card);
  }
}
