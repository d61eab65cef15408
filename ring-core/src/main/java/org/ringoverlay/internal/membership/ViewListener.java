package org.ringoverlay.internal.membership;

import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.RingView;

/** Hears what membership finds out. On the loop. */
public interface ViewListener {
  /** A member's state changed; the view that shows it follows. */
  void memberChanged(MemberEvent event);

  /** There is a new view. */
  void viewChanged(RingView before, RingView after);

  /** Others held this node dead, which it refutes: they may have put another in its place. */
  void givenUp();

  /** Another process runs with this node's ID and a later start: this one has to go. */
  void superseded(String why);

  /** Something that a person should know of. */
  void trouble(String what);
}
