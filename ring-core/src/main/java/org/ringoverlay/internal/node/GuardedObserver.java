package org.ringoverlay.internal.node;

import java.util.concurrent.atomic.AtomicBoolean;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.RingView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user's observer as the node sees it: one that throws is logged once and cannot hurt the node.
 * Troubles stand in the log too, at most one a second, with the number of those that were left out.
 */
final class GuardedObserver implements RingObserver {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedObserver.class);
  private static final long LOG_EVERY_NANOS = 1_000_000_000L;

  private final RingObserver observer;
  private final Clock clock;
  private final AtomicBoolean thrown = new AtomicBoolean();
  private long loggedAt;
  private long leftOut;
  private boolean logged;

  GuardedObserver(RingObserver observer, Clock clock) {
    this.observer = observer;
    this.clock = clock;
  }

  private void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException failure) {
      if (thrown.compareAndSet(false, true)) {
        LOG.warn("The observer threw; this is said once, and it goes on hearing.", failure);
      }
    }
  }

  @Override
  public void memberChanged(Id node, MemberEvent event) {
    tell(() -> observer.memberChanged(node, event));
  }

  @Override
  public void viewChanged(RingView view) {
    tell(() -> observer.viewChanged(view));
  }

  @Override
  public void handled(Id node, String service, String outcome, long nanos) {
    tell(() -> observer.handled(node, service, outcome, nanos));
  }

  @Override
  public void repeated(Id node, String service) {
    tell(() -> observer.repeated(node, service));
  }

  @Override
  public void forwarded(Id node, Id target, Id nextHop) {
    tell(() -> observer.forwarded(node, target, nextHop));
  }

  @Override
  public void retried(Id node, String service, Id target, int attempt) {
    tell(() -> observer.retried(node, service, target, attempt));
  }

  @Override
  public void slowHandler(String service, long nanos, String stack) {
    tell(() -> observer.slowHandler(service, nanos, stack));
  }

  @Override
  public void refusedFrame(String remote, String reason) {
    tell(() -> observer.refusedFrame(remote, reason));
  }

  @Override
  public void strayReply(Id node, Id from) {
    tell(() -> observer.strayReply(node, from));
  }

  @Override
  public void strayAcknowledgements(Id node, Id from, int count) {
    tell(() -> observer.strayAcknowledgements(node, from, count));
  }

  /** Trouble that comes so rarely, and matters so much, that the log has it always. */
  void graveTrouble(Id node, String what) {
    tell(() -> observer.trouble(node, what));
    LOG.warn("node {}: {}", node, what);
  }

  @Override
  public void trouble(Id node, String what) {
    tell(() -> observer.trouble(node, what));
    long now = clock.nanos();
    if (logged && now - loggedAt < LOG_EVERY_NANOS) {
      leftOut++;
      return;
    }
    LOG.warn("node {}: {}{}", node, what, leftOut == 0 ? "" : " (" + leftOut + " more left out)");
    logged = true;
    loggedAt = now;
    leftOut = 0;
  }
}
