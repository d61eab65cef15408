package org.ringoverlay.transport.netty;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.ringoverlay.spi.RingObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a node's observer what the transport saw, and outlives an observer that throws. */
final class Reports {
  private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

  private final RingObserver observer;
  private final AtomicBoolean hasThrown = new AtomicBoolean();

  Reports(RingObserver observer) {
    this.observer = observer;
  }

  /** A peer was refused. Its deeds are no more than debug lines: a stranger must not fill a log. */
  void refused(String remote, String reason) {
    LOG.debug("Refused {}: {}", remote, reason);
    tell(heard -> heard.refusedFrame(remote, reason));
  }

  /** A handler is slow, or was: then the stack is empty. */
  void slowHandler(String service, long nanos, String stack) {
    tell(heard -> heard.slowHandler(service, nanos, stack));
  }

  private void tell(Consumer<RingObserver> event) {
    try {
      event.accept(observer);
    } catch (RuntimeException broken) {
      if (hasThrown.compareAndSet(false, true)) {
        LOG.error("The observer threw; this is logged once", broken);
      }
    }
  }
}
