package org.ringoverlay.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberState;

class CardTest {
  @Test
  void theSameBytesAreReadOnceAndOtherBytesAreAnotherCard() {
    Json raw = Json.of(Facts.card(Facts.node(1), 1));
    Card card = Card.of(raw);
    assertThat(Card.of(Json.parse(raw.toString()))).isSameAs(card);
    assertThat(Card.of(Json.of(Facts.card(Facts.node(1), 2))).incarnation()).isEqualTo(2);
    assertThat(card.raw()).isEqualTo(raw);
    assertThat(card.id()).isEqualTo(Facts.node(1));
    assertThat(card.in(MemberState.ALIVE)).isSameAs(card.in(MemberState.ALIVE));
    assertThat(card.in(MemberState.SUSPECT).state()).isEqualTo(MemberState.SUSPECT);
  }

  @Test
  void moreCardsThanAreSharedAreAllReadRight() {
    var held = new ArrayList<Card>();
    for (int incarnation = 1; incarnation <= 40_000; incarnation++) {
      held.add(Card.of(Json.of(Facts.card(Facts.node(incarnation & 0xFF), incarnation))));
    }
    for (int incarnation = 1; incarnation <= 40_000; incarnation++) {
      Card card = held.get(incarnation - 1);
      assertThat(card.incarnation()).isEqualTo(incarnation);
      assertThat(card.id()).isEqualTo(Facts.node(incarnation & 0xFF));
      assertThat(Card.of(card.raw()).incarnation()).isEqualTo(incarnation);
    }
  }

  @Test
  void whatIsNoCardIsNone() {
    assertThat(Card.of(null)).isNull();
    for (String json : List.of("null", "7", "{}", "[]", "{\"id\":\"zz\"}", "\"card\"")) {
      assertThat(Card.of(Json.parse(json))).as(json).isNull();
      assertThat(Card.of(Json.parse(json))).as("%s once more", json).isNull();
    }
  }
}
