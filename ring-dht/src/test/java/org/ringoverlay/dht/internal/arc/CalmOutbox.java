package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.dht.internal.wire.Rules;
import org.ringoverlay.id.Id;

/** What a leader finds around it in its tests, where time stands still and nobody hurries it. */
abstract class CalmOutbox implements Outbox {
  /** Who answers nothing. */
  final List<Id> silent = new ArrayList<>();

  /** The generation of every lease that is in force. */
  long leased = Leases.NONE;

  Rules rules = Rules.NONE;
  boolean ended;
  final ValueBudget forWatchers = new ValueBudget(1_000);

  @Override
  public boolean isLeased(Id node, long generation) {
    return generation != Leases.NONE && generation == leased;
  }

  @Override
  public long now() {
    return 0;
  }

  @Override
  public void tick() {}

  @Override
  public void repair() {}

  @Override
  public void leads() {}

  @Override
  public void ended() {
    ended = true;
  }

  @Override
  public boolean mayMove() {
    return true;
  }

  @Override
  public boolean mayChange() {
    return true;
  }

  @Override
  public void waitsToChange() {}

  @Override
  public void moved() {}

  @Override
  public boolean answers(Id node) {
    return !silent.contains(node);
  }

  @Override
  public Rules rules(String space) {
    return rules;
  }

  @Override
  public int copiesWanted(int members) {
    return 3;
  }

  @Override
  public ValueBudget keptForWatchers() {
    return forWatchers;
  }

  @Override
  public long random() {
    return 42;
  }
}
