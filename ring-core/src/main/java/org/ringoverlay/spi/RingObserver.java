package org.ringoverlay.spi;

import org.ringoverlay.id.Id;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.RingView;

/**
 * Hears what happens in a node: for metrics, traces and tests.
 *
 * <p>Called on the node's loop unless said otherwise; must not block and must not throw (a throw is
 * logged once and ignored). Every method does nothing by default, so that later versions may add
 * some.
 */
public interface RingObserver {
  /** Hears nothing. */
  RingObserver NONE = new RingObserver() {};

  /** A member changed its state in this node's eyes. */
  default void memberChanged(Id node, MemberEvent event) {}

  /** The node has a new view. */
  default void viewChanged(RingView view) {}

  /**
   * A request was handled.
   *
   * @param service the service's name
   * @param outcome {@code ok} or the error's code
   * @param nanos from delivery to reply
   */
  default void handled(Id node, String service, String outcome, long nanos) {}

  /** A repeat of a request was answered from the window without running its handler. */
  default void repeated(Id node, String service) {}

  /** A message for another node was passed on. */
  default void forwarded(Id node, Id target, Id nextHop) {}

  /** A request of this node was sent again. */
  default void retried(Id node, String service, Id target, int attempt) {}

  /**
   * A handler holds the loop too long. Told once while it does, on a thread that is not the loop,
   * and once more on the loop when it has returned.
   *
   * @param nanos how long so far, or in all
   * @param stack where it stands, one frame a line; empty when it has returned
   */
  default void slowHandler(String service, long nanos, String stack) {}

  /** A peer's bytes were refused; the connection may have been closed. */
  default void refusedFrame(String remote, String reason) {}

  /** A reply that nobody waits for arrived: late, repeated, or never asked for. */
  default void strayReply(Id node, Id from) {}

  /** A hop acknowledged so many messages that do not wait for it: late, repeated, or never sent. */
  default void strayAcknowledgements(Id node, Id from, int count) {}

  /** Something in the node that a person should know of; a warning in the log. */
  default void trouble(Id node, String what) {}
}
