package org.ringoverlay.internal.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/**
 * What a member says of itself. It travels as JSON just as the member wrote it, so that a node that
 * does not know some of its fields passes them on.
 */
public record MemberCard(
    Id id,
    long incarnation,
    String address,
    @Nullable String http,
    @Nullable Map<String, String> labels,
    @Nullable List<String> services) {
  /** Labels of a member at most; more are refused with the card. */
  static final int LABELS_MAX = 64;

  /** Services of a member at most. */
  static final int SERVICES_MAX = 1_024;

  /**
   * Bytes of a whole card at most. A table keeps the cards of {@code ring.members.max} members with
   * the fields that it does not know, and each travels in a frame.
   */
  static final int BYTES_MAX = 16 * 1024;

  /** Characters of any text of the card at most. */
  static final int TEXT_CHARS_MAX = 256;

  /** The member in a state. */
  public Member in(MemberState state) {
    return new Member(
        id,
        incarnation,
        address,
        http == null ? "" : http,
        labels == null ? Map.of() : labels,
        services == null ? List.of() : services,
        state);
  }

  /** Whether every field is there and within its bound. */
  @SuppressWarnings("NullAway") // a card from the wire may lack what the type demands
  boolean isSound() {
    return id != null
        && incarnation > 0
        && isText(address)
        && (http == null || isText(http))
        && (labels == null
            || (labels.size() <= LABELS_MAX
                && labels.entrySet().stream()
                    .allMatch(label -> isText(label.getKey()) && isText(label.getValue()))))
        && (services == null
            || (services.size() <= SERVICES_MAX && services.stream().allMatch(MemberCard::isText)));
  }

  private static boolean isText(@Nullable String text) {
    return text != null
        && text.length() <= TEXT_CHARS_MAX
        && text.chars().noneMatch(Character::isISOControl);
  }
}
