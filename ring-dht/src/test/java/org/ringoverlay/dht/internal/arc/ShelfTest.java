package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

class ShelfTest {
  private static final int ARC = 3;
  private static final Ballot FIRST = new Ballot(1, Id.of("a"), 11);
  private static final Ballot SECOND = new Ballot(2, Id.of("b"), 22);

  private final Shelf shelf = new Shelf(3);

  @Test
  void keepsNothingOfAnOlderBallotOnceANewerOneIsPromised() {
    shelf.accept(ARC, FIRST, List.of(whole("key", 1)));
    assertThat(shelf.prepare(ARC, SECOND).heads()).containsExactly(new Head("key", 1));

    var late = shelf.accept(ARC, FIRST, List.of(whole("key", 2)));

    assertThat(late.granted()).isFalse();
    assertThat(late.promised()).isEqualTo(SECOND);
    assertThat(shelf.register(ARC, "key")).extracting(Register::version).isEqualTo(1L);
    assertThat(shelf.check(ARC, FIRST).granted()).isFalse();
    assertThat(shelf.check(ARC, SECOND).granted()).isTrue();
  }

  @Test
  void aRoundBelongsToOneAttempt() {
    shelf.prepare(ARC, FIRST, "", 10, Long.MAX_VALUE);
    var sameRound = new Ballot(1, Id.of("a"), 12);

    assertThat(shelf.prepare(ARC, sameRound, "", 10, Long.MAX_VALUE).granted()).isFalse();
    assertThat(shelf.prepare(ARC, FIRST, "", 10, Long.MAX_VALUE).granted()).isTrue();
  }

  @Test
  void aBallotOfOneArcSaysNothingOfAnother() {
    shelf.prepare(ARC, SECOND, "", 10, Long.MAX_VALUE);
    assertThat(shelf.prepare(ARC + 1, FIRST, "", 10, Long.MAX_VALUE).granted()).isTrue();
  }

  @Test
  void aHigherVersionStaysAndIsTold() {
    shelf.accept(ARC, FIRST, List.of(whole("key", 5)));

    var reply = shelf.accept(ARC, SECOND, List.of(whole("key", 4)));

    assertThat(reply.granted()).isTrue();
    assertThat(reply.higher()).containsExactly(new Head("key", 5));
    assertThat(shelf.register(ARC, "key")).extracting(Register::version).isEqualTo(5L);
  }

  @Test
  void aStepNeedsTheRegisterThatItBuildsOn() {
    shelf.accept(ARC, FIRST, List.of(whole("key", 1)));
    var step =
        Entry.made("key", 3, false, Json.of(3), 2, List.of(Operation.made("o3", 3, true, 0)));
    assertThat(shelf.accept(ARC, FIRST, List.of(step)).behind()).containsExactly("key");

    var next =
        Entry.made("key", 2, false, Json.of(2), 1, List.of(Operation.made("o2", 2, true, 0)));
    assertThat(shelf.accept(ARC, FIRST, List.of(next)).behind()).isEmpty();
    assertThat(shelf.accept(ARC, FIRST, List.of(step)).behind()).isEmpty();

    Register held = shelf.register(ARC, "key");
    assertThat(held.version()).isEqualTo(3);
    assertThat(held.operations().find("o1")).isNotNull();
    assertThat(held.operations().find("o2")).isNotNull();
  }

  @Test
  void moreRecordsThanTheBoundAreRefusedAndNoneOfThemIsKept() {
    shelf.accept(ARC, FIRST, List.of(whole("a", 1), whole("b", 1)));

    assertThatThrownBy(
            () -> shelf.accept(ARC, FIRST, List.of(whole("c", 1), whole("d", 1), whole("a", 2))))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.dht.records.max");

    assertThat(shelf.records()).isEqualTo(2);
    assertThat(shelf.register(ARC, "a").version()).isEqualTo(1);
    assertThat(shelf.accept(ARC, FIRST, List.of(whole("c", 1))).granted()).isTrue();
    assertThat(shelf.hasRoom()).isFalse();
  }

  @Test
  void tellsHeadsInPages() {
    shelf.accept(ARC, FIRST, List.of(whole("a", 1), whole("b", 2), whole("c", 3)));

    assertThat(shelf.prepare(ARC, FIRST, "", 10, 1).heads()).hasSize(1);
    assertThat(shelf.prepare(ARC, FIRST, "", 10, 1).more()).isTrue();
    var first = shelf.prepare(ARC, FIRST, "", 2, Long.MAX_VALUE);
    assertThat(first.heads()).containsExactly(new Head("a", 1), new Head("b", 2));
    assertThat(first.more()).isTrue();
    var rest = shelf.prepare(ARC, FIRST, "b", 2, Long.MAX_VALUE);
    assertThat(rest.heads()).containsExactly(new Head("c", 3));
    assertThat(rest.more()).isFalse();
  }

  @Test
  void fetchesAtLeastOneRegisterHoweverLarge() {
    shelf.accept(ARC, FIRST, List.of(whole("a", 1), whole("b", 2)));

    assertThat(shelf.fetch(ARC, List.of("a", "b"), 1).entries()).hasSize(1);
    assertThat(shelf.fetch(ARC, List.of("a", "b"), 10_000).entries()).hasSize(2);
    assertThat(shelf.fetch(ARC, List.of("x"), 10_000).entries()).isEmpty();
  }

  @Test
  void releasesRegistersButKeepsItsPromise() {
    shelf.accept(ARC, SECOND, List.of(whole("a", 1)));
    shelf.release(ARC);

    assertThat(shelf.records()).isZero();
    assertThat(shelf.held()).isEmpty();
    assertThat(shelf.prepare(ARC, FIRST, "", 10, Long.MAX_VALUE).granted()).isFalse();
  }

  private static Entry whole(String key, long version) {
    return Entry.made(
        key,
        version,
        false,
        Json.of(version),
        Entry.WHOLE,
        List.of(Operation.made("o" + version, version, version > 1, 0)));
  }
}
