package org.ringoverlay.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.NodeRequest.Batch;
import org.ringoverlay.pubsub.NodeRequest.Item;
import org.ringoverlay.pubsub.NodeRequest.Missed;

class ChannelTest {
  private static final Json VALUE = Json.of("x".repeat(8));
  private static final long TERM = 1L << 32;

  private final Channel channel = new Channel(new Channel.Window(4, 100, 3, 1_000), 0);
  private long number;

  private void offer(long... sequences) {
    for (long seq : sequences) {
      channel.offer(seq, VALUE, 1, null);
    }
  }

  private Batch next() {
    return channel.next("t", 7, ++number);
  }

  private static List<String> shown(Batch batch) {
    var result = new ArrayList<String>();
    for (Item item : batch.items()) {
      result.add(item.isGap() ? item.seq() + "-" + item.gapTo() : "" + item.seq());
    }
    return result;
  }

  @Test
  void sendsOneBatchAtATime() {
    offer(1);
    assertThat(shown(next())).containsExactly("1");
    offer(2, 3);
    assertThat(channel.isReady()).isFalse();
    assertThatThrownBy(this::next).isInstanceOf(IllegalStateException.class);

    channel.confirmed(List.of());

    Batch second = next();
    assertThat(shown(second)).containsExactly("2", "3");
    assertThat(second.after()).isEqualTo(1);
  }

  @Test
  void boundsABatchByMessagesAndBytes() {
    offer(1, 2, 3, 4);
    assertThat(shown(next())).containsExactly("1", "2", "3");

    var narrow = new Channel(new Channel.Window(10, 100, 10, 15), 0);
    narrow.offer(1, VALUE, 1, null);
    narrow.offer(2, VALUE, 1, null);
    assertThat(shown(narrow.next("t", 7, 1))).containsExactly("1");
  }

  @Test
  void keepsAGapWhereTheWindowWasFull() {
    offer(1, 2, 3, 4);
    assertThat(channel.offer(5, VALUE, 1, null)).isFalse();
    assertThat(channel.offer(6, VALUE, 1, null)).isFalse();
    next();
    channel.confirmed(List.of());
    offer(7);

    assertThat(shown(next())).containsExactly("4", "5-6", "7");
    channel.confirmed(List.of());
    assertThat(channel.isEmpty()).isTrue();
    assertThat(channel.messages()).isZero();
  }

  @Test
  void countsBytesToo() {
    var narrow = new Channel(new Channel.Window(10, 25, 10, 1_000), 0);
    assertThat(narrow.offer(1, VALUE, 1, null)).isTrue();
    assertThat(narrow.offer(2, VALUE, 1, null)).isTrue();
    assertThat(narrow.offer(3, VALUE, 1, null)).isFalse();
    narrow.next("t", 7, 1);
    narrow.confirmed(List.of());
    assertThat(narrow.offer(4, VALUE, 1, null)).isTrue();
  }

  @Test
  void takesOneMessageHoweverLong() {
    var narrow = new Channel(new Channel.Window(10, 5, 10, 5), 0);
    assertThat(narrow.offer(1, VALUE, 1, null)).isTrue();
    assertThat(narrow.offer(2, VALUE, 1, null)).isFalse();
  }

  @Test
  void keepsGapsOfDifferentTermsApart() {
    channel.offerGap(TERM + 1, TERM + 2);
    channel.offerGap(5, 6);
    channel.offerGap(7, 8);

    assertThat(shown(next())).containsExactly((TERM + 1) + "-" + (TERM + 2), "5-8");
  }

  @Test
  void boundsTheNumberOfGaps() {
    for (int i = 0; i < 1_000; i++) {
      channel.offerGap(TERM + i, TERM + i);
      channel.offerGap(i, i);
    }
    int items = 0;
    while (channel.isReady()) {
      items += next().items().size();
      channel.confirmed(List.of());
    }
    assertThat(items).isLessThan(20);
  }

  @Test
  void tellsWhoConfirmedAndWhoDidNot() {
    var ended = new ArrayList<Confirmation>();
    var confirmation = new Confirmation(ended::add);
    var other = new Channel(new Channel.Window(4, 100, 3, 1_000), 0);
    confirmation.expect(3);
    channel.offer(1, VALUE, 3, confirmation);
    confirmation.expect(2);
    other.offer(1, VALUE, 2, confirmation);
    confirmation.askedAll();

    next();
    channel.confirmed(List.of(new Missed(1, 1)));
    assertThat(ended).isEmpty();
    other.close();

    assertThat(ended).containsExactly(confirmation);
    assertThat(confirmation.reached()).isEqualTo(2);
    assertThat(confirmation.missing()).isEqualTo(3);
  }

  @Test
  void countsASilentNodeAsMissingAtTheDeadline() {
    var ended = new ArrayList<Confirmation>();
    var confirmation = new Confirmation(ended::add);
    confirmation.expect(2);
    channel.offer(1, VALUE, 2, confirmation);
    confirmation.askedAll();

    confirmation.deadline();
    next();
    channel.confirmed(List.of());

    assertThat(ended).hasSize(1);
  }

  @Test
  void aMessageForNobodyIsConfirmedAtOnce() {
    var ended = new ArrayList<Confirmation>();
    new Confirmation(ended::add).askedAll();
    assertThat(ended).hasSize(1);
    assertThat(ended.get(0).reached()).isZero();
    assertThat(ended.get(0).missing()).isZero();
  }

  @Test
  void whatCanNeverBeTakenBecomesGapsInItsPlaceAndItsConfirmationIsTold() {
    var missing = new ArrayList<Integer>();
    var confirmation = new Confirmation(counted -> missing.add(counted.missing()));
    confirmation.expect(2);
    confirmation.askedAll();
    channel.offer(1, VALUE, 2, confirmation);
    channel.offerGap(2, 3);
    offer(4);
    assertThat(shown(next())).containsExactly("1", "2-3", "4");
    offer(5);

    channel.undeliverable();

    assertThat(missing).containsExactly(2);
    assertThat(channel.messages()).isEqualTo(1);
    assertThat(shown(next())).containsExactly("1-1", "2-3", "4-4");
    channel.confirmed(List.of());
    Batch rest = next();
    assertThat(shown(rest)).containsExactly("5");
    assertThat(rest.after()).isEqualTo(4);
    channel.confirmed(List.of());
    assertThat(channel.isEmpty()).isTrue();
  }
}
