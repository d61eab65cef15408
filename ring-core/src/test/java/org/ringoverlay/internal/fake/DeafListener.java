package org.ringoverlay.internal.fake;

import org.ringoverlay.internal.membership.ViewListener;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.RingView;

/** Hears nothing of views; a trouble or a rival with this node's ID fails the test. */
public class DeafListener implements ViewListener {
  @Override
  public void memberChanged(MemberEvent event) {}

  @Override
  public void viewChanged(RingView before, RingView after) {}

  @Override
  public void givenUp() {}

  @Override
  public void trouble(String what) {
    throw new AssertionError(what);
  }

  @Override
  public void superseded(String why) {
    throw new AssertionError(why);
  }
}
