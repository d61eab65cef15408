package org.ringoverlay.internal.fake;

import java.util.List;
import java.util.Map;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberState;

/** Facts about members. */
public final class Facts {
  private Facts() {}

  /** A node somewhere on the circle, by a number from 0 to 255. */
  public static Id node(int place) {
    return Id.of((long) place << 56 | 1, 0, 0);
  }

  /** What a member says of itself. */
  public static MemberCard card(Id id, long incarnation) {
    return new MemberCard(
        id,
        incarnation,
        "127.0.0.1:" + (7000 + (id.hashCode() & 0xFF)),
        null,
        Map.of("zone", "a"),
        List.of("echo"));
  }

  /** A fact about its first incarnation. */
  public static Entry fact(Id id, long version, MemberState state) {
    return fact(id, 1, version, state);
  }

  /** A fact. */
  public static Entry fact(Id id, long incarnation, long version, MemberState state) {
    return new Entry(Json.of(card(id, incarnation)), version, state);
  }
}
