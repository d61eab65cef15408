package org.ringoverlay.internal.wire;

import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberState;

/**
 * A fact about a member: its card, and how it is seen.
 *
 * @param card a {@link MemberCard} as its member wrote it
 * @param version raised by the member alone, each time it changes its card or refutes a suspicion
 * @param state how it is seen at that version
 */
public record Entry(Json card, long version, MemberState state) {}
