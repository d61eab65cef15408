package org.ringoverlay.internal.wire;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberState;

/**
 * A fact about a member: its card, and how it is seen.
 *
 * @param card a {@link MemberCard} as its member wrote it
 * @param version raised by the member alone, each time it changes its card or refutes a suspicion
 * @param state how it is seen at that version
 * @param cause why whoever found it out says so, for people; absent if nobody said
 */
public record Entry(Json card, long version, MemberState state, @Nullable String cause) {
  /** A fact without a reason. */
  public Entry(Json card, long version, MemberState state) {
    this(card, version, state, null);
  }
}
