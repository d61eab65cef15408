package org.ringoverlay.lab.overlay;

import java.util.Locale;

/** The profiles by name, each a line of what must hold. */
enum Profile {
  SMALL("1,000 nodes that know each other: each lookup takes one hop"),
  LARGE("10,000 nodes with pruned tables: about three hops, cheap to build"),
  CHURN("one-hour sessions and 5 % loss: lookups, and what membership costs"),
  KILL("a fifth of 200 nodes dies at once"),
  FREEZE("a fifth of 200 nodes stands still at once"),
  SPLIT("a ring of 100 split in two for five minutes"),
  SLOW("one node in twenty a hundred times slower, beside plain SWIM"),
  SWITCH("a ring that grows past the full table and shrinks again"),
  NEAR("nodes on a plane: the slots of pruned tables fill with the near ones"),
  REAL_KILL("30 real nodes in five JVMs, of which one is killed"),
  REAL_FREEZE("30 real nodes in five JVMs, of which one is stopped and goes on again");

  private final String about;

  Profile(String about) {
    this.about = about;
  }

  String about() {
    return about;
  }

  Course course() {
    return switch (this) {
      case SMALL -> new SmallCourse();
      case LARGE -> new LargeCourse();
      case CHURN -> new ChurnCourse();
      case KILL -> new ShockCourse(ShockCourse.Shock.KILL);
      case FREEZE -> new ShockCourse(ShockCourse.Shock.FREEZE);
      case SPLIT -> new SplitCourse();
      case SLOW -> new SlowCourse();
      case SWITCH -> new SwitchCourse();
      case NEAR -> new NearCourse();
      case REAL_KILL -> new RealShockCourse(ShockCourse.Shock.KILL);
      case REAL_FREEZE -> new RealShockCourse(ShockCourse.Shock.FREEZE);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
