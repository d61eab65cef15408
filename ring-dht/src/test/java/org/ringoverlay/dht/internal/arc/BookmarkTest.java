package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;

class BookmarkTest {
  private final Bookmark bookmark = new Bookmark("ring", "default", "a/", 4_096);

  @Test
  void aTextGivesBackThePositionsOfAllArcs() {
    var positions = new TreeMap<Integer, Long>();
    assertThat(bookmark.positions(bookmark.text(positions))).isEmpty();
    positions.put(0, 1L);
    positions.put(1, Versions.MAX);
    positions.put(300, Versions.next(0, 77));
    positions.put(4_095, Versions.before(Versions.ROUND_MAX));

    assertThat(bookmark.positions(bookmark.text(positions))).isEqualTo(positions);
  }

  @Test
  void ofTooManyArcsItKnowsNoPositionAndStaysShort() {
    var positions = new TreeMap<Integer, Long>();
    for (int arc = 0; arc < Bookmark.ARCS_MAX; arc++) {
      positions.put(32 * arc, Versions.MAX);
    }
    assertThat(bookmark.text(positions).length()).isLessThanOrEqualTo(2_048);
    assertThat(bookmark.positions(bookmark.text(positions))).isEqualTo(positions);
    positions.put(4_095, 1L);

    assertThat(bookmark.positions(bookmark.text(positions))).isNull();
    assertThat(bookmark.positions(bookmark.textOfNone())).isNull();
  }

  @Test
  void thatOfAnotherPrefixNamespaceOrRingKnowsNoPosition() {
    String text = bookmark.text(new TreeMap<>());
    assertThat(new Bookmark("ring", "default", "a", 4_096).positions(text)).isNull();
    assertThat(new Bookmark("ring", "other", "a/", 4_096).positions(text)).isNull();
    assertThat(new Bookmark("gnir", "default", "a/", 4_096).positions(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "17", "+", "AAAA", "täst", "a b"})
  void whatIsNoBookmarkIsRefused(String text) {
    assertThatThrownBy(() -> bookmark.positions(text))
        .isInstanceOf(RingException.InvalidInput.class);
  }

  @Test
  void aBookmarkThatWasTamperedWithIsRefused() {
    var positions = new TreeMap<Integer, Long>();
    positions.put(4_095, 5L);
    String text = bookmark.text(positions);
    assertThatThrownBy(() -> bookmark.positions(text.substring(0, text.length() - 2)))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> new Bookmark("ring", "default", "a/", 4_095).positions(text))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> bookmark.positions(text + "A".repeat(3_000)))
        .isInstanceOf(RingException.InvalidInput.class);
  }
}
