package org.ringoverlay.internal.node;

import org.ringoverlay.internal.call.Calls;
import org.ringoverlay.internal.call.Services;
import org.ringoverlay.internal.link.Links;
import org.ringoverlay.internal.membership.FailureDetector;
import org.ringoverlay.internal.membership.Joining;
import org.ringoverlay.internal.membership.Membership;
import org.ringoverlay.settings.Settings;

/** The settings as each concern wants its bounds. */
record NodeLimits(Settings settings) {
  Links.Limits links() {
    return new Links.Limits(
        settings.get(CoreSettings.LINK_WAITING),
        settings.get(CoreSettings.LINK_WAITING_ALL),
        settings.get(CoreSettings.LINK_REDIAL),
        settings.get(CoreSettings.LINK_HANDSHAKE),
        settings.get(CoreSettings.LINK_IDLE));
  }

  Handovers.Limits handovers() {
    return new Handovers.Limits(
        settings.get(CoreSettings.HOP_TIMEOUT_MIN),
        settings.get(CoreSettings.HOP_TIMEOUT_MAX),
        settings.get(CoreSettings.HOP_OPEN_MAX),
        settings.get(CoreSettings.HOP_OPEN_BYTES));
  }

  Membership.Limits membership() {
    return new Membership.Limits(
        settings.get(CoreSettings.MEMBERS_MAX),
        settings.get(CoreSettings.TABLE_FULL_MEMBERS_MAX),
        leavesPerSide(),
        settings.get(CoreSettings.HEARTBEAT_NEIGHBOURS));
  }

  FailureDetector.Limits detector() {
    return new FailureDetector.Limits(
        settings.get(CoreSettings.HEARTBEAT_INTERVAL),
        settings.get(CoreSettings.HEARTBEAT_SUSPECT),
        settings.get(CoreSettings.HEARTBEAT_DEAD),
        settings.get(CoreSettings.DEPARTED_REMEMBER),
        settings.get(CoreSettings.HEARTBEAT_NEIGHBOURS),
        settings.get(CoreSettings.HEARTBEAT_PROBERS));
  }

  Joining.Limits joining(boolean resumes) {
    return new Joining.Limits(
        settings.get(resumes ? CoreSettings.RESUME_WAIT : CoreSettings.JOIN_TIMEOUT),
        settings.get(CoreSettings.JOIN_ATTEMPT));
  }

  long looksForPeersNanos() {
    return settings.get(CoreSettings.DEPARTED_REMEMBER);
  }

  int leavesPerSide() {
    return settings.get(CoreSettings.LEAFSET_SIDE);
  }

  /** Longer than a suspicion and its refutation take to go round. */
  long settleAgainNanos() {
    return 2
        * (settings.get(CoreSettings.HEARTBEAT_SUSPECT)
            + settings.get(CoreSettings.HEARTBEAT_DEAD));
  }

  long settleResendNanos() {
    return settings.get(CoreSettings.JOIN_RESEND);
  }

  Calls.Limits calls() {
    return new Calls.Limits(
        settings.get(CoreSettings.CALLS_MAX),
        settings.get(CoreSettings.RETRY_FIRST),
        settings.get(CoreSettings.RETRY_MAX),
        settings.get(CoreSettings.HOPS_MAX));
  }

  Services.Limits services() {
    return new Services.Limits(
        settings.get(CoreSettings.REPEATS_MAX),
        settings.get(CoreSettings.REPEATS_BYTES),
        settings.get(CoreSettings.MEMBERS_MAX),
        settings.get(CoreSettings.REPEATS_AGE));
  }
}
