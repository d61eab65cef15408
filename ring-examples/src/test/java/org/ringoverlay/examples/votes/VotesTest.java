package org.ringoverlay.examples.votes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import org.ringoverlay.AskOptions;
import org.ringoverlay.error.RingException;
import org.ringoverlay.examples.votes.Votes.Counted;
import org.ringoverlay.examples.votes.Votes.Vote;
import org.ringoverlay.id.Id;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.NodeSetup;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.junit.RingTest;
import org.ringoverlay.testkit.schedule.Climate;
import org.ringoverlay.testkit.schedule.Playback;
import org.ringoverlay.testkit.schedule.Schedule;

class VotesTest {
  private static final int VOTERS = 20;
  private static final String POLL = "tea or coffee";
  private static final Id TARGET = Id.of(POLL);

  static final class OnEachNode implements NodeSetup {
    @Override
    public void prepare(NodePlan plan) {
      plan.service(new Votes());
    }
  }

  @RingTest(nodes = 5, setup = OnEachNode.class)
  void everyVoterCountsOnce(SimRing ring) {
    for (int round = 0; round < 2; round++) {
      for (int voter = 0; voter < VOTERS; voter++) {
        ring.await(ring.node(voter % 5).ask(Votes.NAME, TARGET, vote(voter), Counted.class));
      }
    }
    Counted last = ring.await(ring.node(0).ask(Votes.NAME, TARGET, vote(0), Counted.class));
    assertThat(last.voters()).isEqualTo(VOTERS);
  }

  @RingTest(nodes = 2, setup = OnEachNode.class)
  void aVoteOfNobodyIsRefused(SimRing ring) {
    assertThatThrownBy(
            () ->
                ring.await(ring.node(0).ask(Votes.NAME, TARGET, new Vote(POLL, ""), Counted.class)))
        .isInstanceOf(RingException.Refused.class);
  }

  /** No schedule of pauses, partitions and bad lines makes two of a voter. */
  @RingTest(
      nodes = 5,
      seeds = 10,
      setup = OnEachNode.class,
      withinSeconds = 60,
      kinds = {
        Climate.Kind.FREEZE,
        Climate.Kind.PARTITION,
        Climate.Kind.LOSS,
        Climate.Kind.DISORDER,
        Climate.Kind.JOIN
      })
  void nobodyIsCountedTwiceInBadWeather(SimRing ring, Schedule schedule) {
    var counts = new ArrayList<Integer>();
    Playback playback = schedule.playOn(ring);
    for (long passed = 0; passed < schedule.lastsMillis(); passed += 500) {
      for (int node : ring.running()) {
        if (ring.isReady(node)) {
          ring.node(node)
              .ask(Votes.NAME, TARGET, vote(counts.size() % VOTERS), Counted.class)
              .thenAccept(counted -> counts.add(counted.voters()));
        }
      }
      ring.run(Duration.ofMillis(500));
    }
    playback.calm();
    ring.settle();

    assertThat(counts).isNotEmpty().allMatch(count -> count <= VOTERS);
    AskOptions patient = AskOptions.defaults().within(Duration.ofSeconds(30));
    Counted last =
        ring.await(ring.node(0).ask(Votes.NAME, TARGET, vote(1), Counted.class, patient));
    assertThat(last.voters()).isLessThanOrEqualTo(VOTERS);
  }

  private static Vote vote(int voter) {
    return new Vote(POLL, "voter " + voter);
  }
}
