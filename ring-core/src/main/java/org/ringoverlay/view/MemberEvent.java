package org.ringoverlay.view;

import org.jspecify.annotations.Nullable;

/**
 * A change of a member as one node saw it.
 *
 * @param member the member after the change
 * @param before its state before, or null if it was unknown
 * @param cause why, in a few words, such as {@code no answer for 812 ms}
 */
public record MemberEvent(Member member, @Nullable MemberState before, String cause) {}
