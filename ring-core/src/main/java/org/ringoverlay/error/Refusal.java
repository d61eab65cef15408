package org.ringoverlay.error;

import java.util.Objects;
import org.ringoverlay.id.Id;

/**
 * One node's refusal.
 *
 * @param node who refused
 * @param reason why, in words of that node; made printable and bounded here
 */
public record Refusal(Id node, String reason) {

  /** The most characters a reason keeps. */
  public static final int REASON_CHARS_MAX = 256;

  public Refusal {
    Objects.requireNonNull(node, "a refusal names its node");
    reason = Printable.text(reason, REASON_CHARS_MAX);
  }
}
