package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.Facts.node;
import static org.ringoverlay.internal.fake.FakeLoop.MILLIS;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.internal.fake.FakePost;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.view.MemberState;

/** What nodes ask others for each other: probes, their answers, and who is believed. */
class ProbingTest extends DetectorSeat {
  @Test
  void whoWasHeardByAnotherIsNotSuspected() {
    members(2, 3, 4);
    world.silent.add(node(2));
    for (int i = 0; i < 300; i++) {
      run(INTERVAL / 10);
      for (FakePost.Letter letter : List.copyOf(sent)) {
        if (letter.message() instanceof LinkMessage.Probe && letter.to().equals(node(3))) {
          detector.probed(node(3), new LinkMessage.Probed(node(2), false));
        }
      }
      sent.clear();
    }
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.ALIVE);
    run(SUSPECT + 2 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
  }

  @Test
  void wordOfOneThatWasNotAskedKeepsNobodyAlive() {
    members(2, 3, 4);
    world.silent.add(node(2));
    for (int i = 0; i < 40; i++) {
      run(INTERVAL / 2);
      detector.probed(node(99), new LinkMessage.Probed(node(2), false));
    }
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
  }

  @Test
  void othersAreAskedBeforeASuspicionAlsoWhereThatComesWithinThreeIntervals() {
    members(2, 3, 4);
    detector.stop();
    var hasty =
        new FailureDetector(
            SELF,
            new FailureDetector.Limits(INTERVAL, 2 * INTERVAL, BURY, 10_000 * MILLIS, 2, 2),
            membership,
            world,
            post,
            loop,
            loop,
            loop);
    hasty.start();
    for (int i = 0; i < 40 && membership.stateOf(node(2)) == MemberState.ALIVE; i++) {
      assertThat(loop.waiting()).isLessThan(10);
      loop.advance(INTERVAL / 10);
    }
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    assertThat(post.all(LinkMessage.Probe.class)).contains(new LinkMessage.Probe(node(2), null));
  }

  @Test
  void whereNobodyListensAsOthersFindTooTheMemberIsDead() {
    members(2, 3, 4);
    run(INTERVAL);
    post.take();
    detector.unlinked(node(2), "connection refused", true);
    var asked =
        post.letters.stream()
            .filter(letter -> letter.message() instanceof LinkMessage.Probe)
            .map(FakePost.Letter::to)
            .toList();
    assertThat(asked).hasSize(2);
    detector.probed(asked.get(0), new LinkMessage.Probed(node(2), true));
    detector.probed(asked.get(0), new LinkMessage.Probed(node(2), true));
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    detector.probed(node(99), new LinkMessage.Probed(node(2), true));
    assertThat(membership.stateOf(node(2))).as("was not asked").isEqualTo(MemberState.SUSPECT);
    detector.probed(asked.get(1), new LinkMessage.Probed(node(2), true));
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
  }

  @Test
  void oneWhoHeardTheMemberOutweighsAllWhoDidNot() {
    members(2, 3, 4);
    run(INTERVAL);
    post.take();
    detector.unlinked(node(2), "connection refused", true);
    detector.probed(node(3), new LinkMessage.Probed(node(2), false));
    detector.probed(node(3), new LinkMessage.Probed(node(2), true));
    detector.probed(node(4), new LinkMessage.Probed(node(2), true));
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
  }

  @Test
  void whoFindsThatNobodyListensSaysSoToThoseWhoAsked() {
    members(2, 3, 4);
    run(INTERVAL);
    post.take();
    detector.probe(node(3), new LinkMessage.Probe(node(2), true));
    assertThat(post.to(node(3), LinkMessage.Probed.class))
        .as("that it spoke is no answer")
        .isEmpty();
    detector.unlinked(node(2), "connection refused", true);
    assertThat(post.to(node(3), LinkMessage.Probed.class))
        .containsExactly(new LinkMessage.Probed(node(2), true));
    detector.probe(node(4), new LinkMessage.Probe(node(2), true));
    assertThat(post.to(node(4), LinkMessage.Probed.class))
        .as("just found out")
        .containsExactly(new LinkMessage.Probed(node(2), true));
  }

  @Test
  void probeForAnotherIsPassedOnAndItsAnswerToo() {
    members(2, 3, 4);
    run(INTERVAL);
    loop.advance(2 * INTERVAL);
    post.take();
    detector.probe(node(3), new LinkMessage.Probe(node(4), null));
    assertThat(post.to(node(4), LinkMessage.Ping.class)).hasSize(1);
    detector.pong(node(4), new LinkMessage.Pong(1, membership.digest()));
    assertThat(post.to(node(3), LinkMessage.Probed.class))
        .containsExactly(new LinkMessage.Probed(node(4), false));
    post.take();
    detector.pong(node(4), new LinkMessage.Pong(2, membership.digest()));
    assertThat(post.to(node(3), LinkMessage.Probed.class)).as("once").isEmpty();
  }

  @Test
  void whoSpokeJustNowIsNotAskedWhetherItIsThere() {
    members(2, 3, 4);
    run(INTERVAL);
    post.take();
    detector.probe(node(3), new LinkMessage.Probe(node(4), null));
    assertThat(post.take())
        .containsExactly(new FakePost.Letter(node(3), new LinkMessage.Probed(node(4), false)));
  }

  @Test
  void answerToAProbeIsPassedOnThoughTheClockTurnedInBetween() {
    members(2, 3, 4);
    run(INTERVAL);
    loop.advance(2 * INTERVAL);
    detector.probe(node(3), new LinkMessage.Probe(node(4), null));
    loop.advance(INTERVAL);
    detector.pong(node(4), new LinkMessage.Pong(1, membership.digest()));
    assertThat(post.to(node(3), LinkMessage.Probed.class)).hasSize(1);
  }

  @Test
  void probesForUnknownNodesAndFloodsOfThemAreBounded() {
    members(2, 3, 4);
    detector.probe(node(3), new LinkMessage.Probe(node(99), null));
    assertThat(post.letters).isEmpty();
    for (int asker = 0; asker < 250; asker++) {
      detector.probe(node(asker), new LinkMessage.Probe(node(4), null));
    }
    assertThat(post.to(node(4), LinkMessage.Ping.class)).as("one for all").hasSize(1);
    detector.pong(node(4), new LinkMessage.Pong(1, membership.digest()));
    assertThat(post.all(LinkMessage.Probed.class)).hasSize(64);
  }
}
