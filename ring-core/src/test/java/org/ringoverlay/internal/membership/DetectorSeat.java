package org.ringoverlay.internal.membership;

import static org.ringoverlay.internal.fake.Facts.fact;
import static org.ringoverlay.internal.fake.Facts.node;
import static org.ringoverlay.internal.fake.FakeLoop.MILLIS;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.fake.FakeLoop;
import org.ringoverlay.internal.fake.FakePost;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/** A node at place 1 with a detector, and a world of others that answer unless they are silent. */
abstract class DetectorSeat {
  static final Id SELF = node(1);
  static final long INTERVAL = 100 * MILLIS;
  static final long SUSPECT = 350 * MILLIS;
  static final long BURY = 500 * MILLIS;

  /** Links over which each other node answers unless it is silent. */
  final class World implements FailureDetector.Links, ViewListener {
    final TreeMap<Id, Long> heard = new TreeMap<>();
    final TreeSet<Id> silent = new TreeSet<>();
    int away;
    final List<Id> reached = new ArrayList<>();

    @Override
    public long heardAt(Id id) {
      return heard.getOrDefault(id, Long.MIN_VALUE);
    }

    @Override
    public void reach(Id id) {
      reached.add(id);
    }

    @Override
    public void wasAway() {
      away++;
    }

    @Override
    public void memberChanged(MemberEvent event) {
      events.add(event.member().id().shortString() + " " + event.member().state());
    }

    @Override
    public void viewChanged(RingView before, RingView after) {}

    @Override
    public void givenUp() {}

    @Override
    public void trouble(String what) {}

    @Override
    public void superseded(String why) {
      throw new AssertionError(why);
    }
  }

  final List<String> events = new ArrayList<>();
  final FakeLoop loop = new FakeLoop(1);
  final FakePost post = new FakePost();
  final World world = new World();
  final Membership membership =
      new Membership(
          SELF,
          Arcs.standard(),
          new Membership.Limits(100, 100, 16, 4),
          post,
          loop,
          loop,
          loop,
          world);
  final FailureDetector detector =
      new FailureDetector(
          SELF,
          new FailureDetector.Limits(INTERVAL, SUSPECT, BURY, 10_000 * MILLIS, 2, 2),
          membership,
          world,
          post,
          loop,
          loop,
          loop);

  void members(int... places) {
    MemberCard card = Facts.card(SELF, 1);
    membership.introduce(card, Json.of(card));
    membership.become(MemberState.ALIVE, "test");
    for (int place : places) {
      membership.apply(List.of(fact(node(place), 1, MemberState.ALIVE)), "test");
    }
    loop.turn();
    post.take();
    events.clear();
    detector.start();
  }

  /** Lets time pass in small steps; nodes that are not silent beat too, and answer their pings. */
  void run(long nanos) {
    for (long passed = 0; passed < nanos; passed += 10 * MILLIS) {
      loop.advance(10 * MILLIS);
      answer();
    }
  }

  void answer() {
    List<FakePost.Letter> letters = post.take();
    sent.addAll(letters);
    for (FakePost.Letter letter : letters) {
      if (world.silent.contains(letter.to())) {
        continue;
      }
      if (letter.message() instanceof LinkMessage.Beat) {
        world.heard.put(letter.to(), loop.nanos());
        detector.beat(letter.to(), new LinkMessage.Beat(membership.digest(), null, null));
      } else if (letter.message() instanceof LinkMessage.Ping ping) {
        world.heard.put(letter.to(), loop.nanos());
        detector.pong(letter.to(), new LinkMessage.Pong(ping.number(), membership.digest()));
      }
    }
  }

  final List<FakePost.Letter> sent = new ArrayList<>();

  <M extends LinkMessage> List<M> sentTo(Id to, Class<M> kind) {
    return sent.stream()
        .filter(letter -> letter.to().equals(to) && kind.isInstance(letter.message()))
        .map(letter -> kind.cast(letter.message()))
        .toList();
  }

  /** Nodes that beat this one by themselves, whether it beats them or not. */
  void beatFrom(int place) {
    world.heard.put(node(place), loop.nanos());
    detector.beat(node(place), new LinkMessage.Beat(membership.digest(), null, null));
  }
}
