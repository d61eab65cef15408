package org.ringoverlay.testkit.junit;

import java.time.Duration;
import java.util.List;
import org.junit.platform.commons.support.ReflectionSupport;
import org.ringoverlay.testkit.NodeSetup;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.schedule.Climate;
import org.ringoverlay.testkit.schedule.Schedule;

/**
 * One run of a method, with everything that its parameters are made of.
 *
 * @param test class and method, as a build's option names them
 * @param replay the line that says how to run it again
 * @param schedule what a parameter of that type is given
 */
record Case(RingTest asked, String test, String replay, long seed, Schedule schedule) {
  Case(RingTest asked, String test, String replay, long seed) {
    this(asked, test, replay, seed, Schedule.draw(seed, climate(asked)));
  }

  private static Climate climate(RingTest asked) {
    Climate usual =
        Climate.of(asked.nodes())
            .incidents(asked.incidents(), Duration.ofSeconds(asked.withinSeconds()));
    return asked.kinds().length == 0 ? usual : usual.only(List.of(asked.kinds()));
  }

  Case with(String newReplay, Schedule newSchedule) {
    return new Case(asked, test, newReplay, seed, newSchedule);
  }

  Simulation simulation() {
    return Simulation.of(seed).replay(replay);
  }

  static boolean gives(Class<?> type) {
    return type == Simulation.class || type == SimRing.class || type == Schedule.class;
  }

  /** What a parameter of a type is given. */
  Object parameter(Class<?> type, Simulation simulation) {
    if (type == Simulation.class) {
      return simulation;
    }
    if (type == Schedule.class) {
      return schedule;
    }
    NodeSetup setup = ReflectionSupport.newInstance(asked.setup());
    return simulation.ring(asked.nodes(), setup);
  }
}
