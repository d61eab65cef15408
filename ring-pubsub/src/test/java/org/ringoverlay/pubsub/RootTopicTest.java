package org.ringoverlay.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.NodeRequest.Batch;
import org.ringoverlay.pubsub.NodeRequest.Item;
import org.ringoverlay.pubsub.RootRequest.Place;

class RootTopicTest {
  private static final long REIGN = 7;
  private static final long FORMER = 6;
  private static final long TERM = 1L << 32;
  private static final Id A = Id.of("a");
  private static final Id B = Id.of("b");
  private static final Id C = Id.of("c");

  private final RootTopic topic =
      new RootTopic(
          "t",
          Id.of("t"),
          new Sequencer(REIGN, 0),
          new Channel.Window(100, 10_000, 100, 10_000),
          0);

  private long batches;

  private static Place fresh(int subscriptions, boolean willing) {
    return new Place("t", subscriptions, willing, false, 0, 0);
  }

  private static Place following(long seen, long reign) {
    return new Place("t", 1, false, true, seen, reign);
  }

  private List<String> sentTo(Id node) {
    RootTopic.Member member = topic.member(node);
    var result = new ArrayList<String>();
    for (Batch batch = topic.nextBatch(member, ++batches);
        batch != null;
        batch = topic.nextBatch(member, ++batches)) {
      for (Item item : batch.items()) {
        result.add(item.isGap() ? item.seq() + "-" + item.gapTo() : "" + item.seq());
      }
      member.channel().confirmed(List.of());
    }
    return result;
  }

  private void publish(int times) {
    for (int i = 0; i < times; i++) {
      topic.publish(Json.of(i), null, 0);
    }
  }

  @Test
  void sendsToThoseWhoWereThere() {
    topic.graft(A, fresh(2, false), 100);
    assertThat(topic.publish(Json.of(1), null, 0)).isEqualTo(new RootTopic.Handed(1, 2, 0));
    topic.graft(B, fresh(1, false), 100);
    assertThat(topic.publish(Json.of(1), null, 0)).isEqualTo(new RootTopic.Handed(2, 3, 0));

    assertThat(sentTo(A)).containsExactly("1", "2");
    assertThat(sentTo(B)).containsExactly("2");
  }

  @Test
  void doesNotCountTheWillingAsReached() {
    topic.graft(A, fresh(0, true), 100);

    assertThat(topic.publish(Json.of(1), null, 0).reached()).isZero();
  }

  @Test
  void aRenewalChangesNothing() {
    topic.graft(A, fresh(1, false), 100);
    publish(2);
    topic.graft(A, following(0, REIGN), 200);

    assertThat(sentTo(A)).containsExactly("1", "2");
    assertThat(topic.lapsed(150)).isEmpty();
    assertThat(topic.lapsed(200)).containsExactly(A);
  }

  @Test
  void tellsOneWhoLapsedWhatItMissed() {
    topic.graft(A, fresh(1, false), 100);
    publish(1);
    assertThat(sentTo(A)).containsExactly("1");
    topic.remove(A, 0);
    publish(3);
    topic.graft(A, following(1, REIGN), 200);
    publish(1);

    assertThat(sentTo(A)).containsExactly("2-4", "5");
  }

  @Test
  void goesOnAboveWhatSubscribersSawUnderAFormerRoot() {
    topic.graft(A, following(50, FORMER), 100);
    publish(1);

    assertThat(sentTo(A)).containsExactly("" + (TERM + 1));
  }

  @Test
  void tellsWhoSawLessUnderAFormerRoot() {
    topic.graft(A, following(48, FORMER), 100);
    topic.graft(B, following(50, FORMER), 100);
    topic.graft(C, fresh(1, false), 100);
    publish(1);

    assertThat(sentTo(A)).containsExactly("49-50", "" + (TERM + 1));
    assertThat(sentTo(B)).containsExactly("" + (TERM + 1));
    assertThat(sentTo(C)).containsExactly("" + (TERM + 1));
  }

  @Test
  void tellsWhoComesLateWhatWasGivenMeanwhile() {
    topic.graft(A, following(50, FORMER), 100);
    publish(1);
    topic.graft(B, following(50, FORMER), 100);
    publish(1);

    assertThat(sentTo(B)).containsExactly("51-" + (TERM + 1), "" + (TERM + 2));
  }

  @Test
  void doesNotTellOneWhoBeganHereOfFormerRoots() {
    topic.graft(C, fresh(1, false), 100);
    topic.graft(A, following(50, FORMER), 100);
    topic.graft(C, following(0, REIGN), 200);
    topic.graft(B, following(52, FORMER), 100);
    publish(1);

    assertThat(sentTo(C)).containsExactly("" + (TERM + 1));
    assertThat(sentTo(A)).containsExactly("51-52", "" + (TERM + 1));
  }

  @Test
  void learnsFromAPublisherToo() {
    topic.learn(50, FORMER);

    assertThat(topic.publish(Json.of(1), null, 0).seq()).isEqualTo(TERM + 1);
  }

  @Test
  void spreadsJobsEvenlyOverTheWilling() {
    List<Id> nodes = List.of(A, B, C);
    nodes.forEach(node -> topic.graft(node, fresh(0, true), 100));

    var firsts = new HashMap<Id, Integer>();
    for (int job = 0; job < 300; job++) {
      List<Id> order = topic.nextWilling();
      assertThat(order).containsExactlyInAnyOrderElementsOf(nodes);
      firsts.merge(order.get(0), 1, Integer::sum);
    }
    assertThat(firsts.values()).containsOnly(100);
  }

  @Test
  void offersNoJobToOneWhoIsNoLongerWilling() {
    topic.graft(A, fresh(1, true), 100);
    topic.graft(B, fresh(0, true), 100);
    topic.nextWilling();
    topic.graft(A, fresh(1, false), 100);
    assertThat(topic.nextWilling()).containsExactly(B);
    topic.remove(B, 0);
    assertThat(topic.nextWilling()).isEmpty();
    assertThat(topic.memberCount()).isEqualTo(1);
  }

  @Test
  void closesTheChannelOfOneWhoUnsubscribedButIsWilling() {
    topic.graft(A, fresh(1, true), 100);
    topic.graft(A, fresh(0, true), 100);

    assertThat(topic.publish(Json.of(1), null, 0).reached()).isZero();
    assertThat(topic.isDrained()).isTrue();
  }
}
