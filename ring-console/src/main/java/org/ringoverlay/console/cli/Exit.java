package org.ringoverlay.console.cli;

/** The exit statuses of the contract. */
final class Exit {
  /** Done. */
  static final int DONE = 0;

  /** The ring said no: absent, conflict, refused, unavailable, timeout, not built. */
  static final int NO = 1;

  /** Usage, input, or no node reachable. */
  static final int USAGE = 2;

  /** The outcome is unknown. */
  static final int UNKNOWN = 3;

  private Exit() {}

  /** The status for a problem's code. */
  static int of(String code) {
    return switch (code) {
      case "invalid-input", "too-large", "method", "denied", "unauthenticated", "key-reused" ->
          USAGE;
      case "outcome-unknown" -> UNKNOWN;
      default -> NO;
    };
  }
}
