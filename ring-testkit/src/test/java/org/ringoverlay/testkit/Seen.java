package org.ringoverlay.testkit;

import java.util.List;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;

/** Writes down how a node saw others change. */
final class Seen implements RingObserver {
  private final List<MemberState> states;

  private Seen(List<MemberState> states) {
    this.states = states;
  }

  static RingObserver of(List<MemberState> states) {
    return new Seen(states);
  }

  @Override
  public void memberChanged(Id node, MemberEvent event) {
    states.add(event.member().state());
  }
}
