package org.ringoverlay.console.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;

/** What readers of the log find. */
class EventLogTest {
  private final EventLog log = new EventLog(3, 1_000, 7);

  private void add(String... events) {
    for (String event : events) {
      log.add(event.getBytes(UTF_8));
    }
  }

  private static List<String> all(EventLog.Reader reader) {
    var found = new ArrayList<String>();
    for (EventLog.Item item = reader.take(); item != null; item = reader.take()) {
      found.add(
          item instanceof EventLog.Item.Event event
              ? event.id() + " " + new String(event.json(), UTF_8)
              : item instanceof EventLog.Item.Gap gap
                  ? "gap " + gap.from() + ".." + gap.to()
                  : "other life");
    }
    return found;
  }

  @Test
  void aReaderBeginsNowAtTheBeginningOrAfterAnEvent() {
    add("a", "b");
    var now = log.readAfter(null);
    var all = log.readAfter(EventLog.BEGINNING);
    var after = log.readAfter("7-1");
    add("c");
    assertThat(now.position()).isEqualTo("7-2");
    assertThat(all.position()).isEqualTo("7-0");
    assertThat(after.position()).isEqualTo("7-1");
    assertThat(all(now)).containsExactly("7-3 c");
    assertThat(all(all)).containsExactly("7-1 a", "7-2 b", "7-3 c");
    assertThat(all(after)).containsExactly("7-2 b", "7-3 c");
    assertThat(all(log.readAfter("7-3"))).isEmpty();
  }

  @Test
  void whatIsNotKeptAnyMoreIsAGap() {
    var slow = log.readAfter(null);
    add("a", "b", "c", "d", "e");
    assertThat(all(slow)).containsExactly("gap 1..2", "7-3 c", "7-4 d", "7-5 e");
    assertThat(all(log.readAfter("7-1"))).first().isEqualTo("gap 2..2");
    assertThat(all(log.readAfter("7-2"))).containsExactly("7-3 c", "7-4 d", "7-5 e");
  }

  @Test
  void bytesAreBoundedTooAndTheNewestIsKeptWhateverItsSize() {
    String large = "x".repeat(600);
    add(large, "b", large);
    assertThat(all(log.readAfter(EventLog.BEGINNING)))
        .containsExactly("gap 1..1", "7-2 b", "7-3 " + large);
    add("y".repeat(5_000));
    assertThat(all(log.readAfter(EventLog.BEGINNING)))
        .containsExactly("gap 1..3", "7-4 " + "y".repeat(5_000));
    add("z");
    assertThat(all(log.readAfter(EventLog.BEGINNING))).containsExactly("gap 1..4", "7-5 z");
  }

  @Test
  void anIdOfAnotherLifeIsToldAndThenComesAllOfThisOne() {
    add("a");
    var reader = log.readAfter("6-900");
    assertThat(reader.position()).isEqualTo("7-0");
    assertThat(all(reader)).containsExactly("other life", "7-1 a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "7-", "-1", "7-x", "7-2", "7-1 ", "7-99999999999999999999"})
  void whatIsNoIdOfAnEventIsInvalid(String id) {
    add("a");
    assertThatThrownBy(() -> log.readAfter(id)).isInstanceOf(RingException.InvalidInput.class);
  }

  @Test
  void aReaderIsWokenOnceWhenItHasSeenAll() {
    var woken = new ArrayList<String>();
    var reader = log.readAfter(null);
    reader.open(() -> woken.add("woken"));
    add("a");
    // It has not asked yet, so it will find the event without being woken.
    assertThat(woken).isEmpty();
    assertThat(all(reader)).hasSize(1);
    add("b", "c");
    assertThat(woken).hasSize(1);
    assertThat(all(reader)).hasSize(2);
    reader.close();
    add("d");
    assertThat(woken).hasSize(1);
    assertThat(log.readers()).isZero();
  }
}
