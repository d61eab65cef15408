package org.ringoverlay.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.ringoverlay.testkit.NodeSetup;
import org.ringoverlay.testkit.schedule.Climate;

/**
 * A test that runs in a simulation, once for each of some seeds.
 *
 * <p>The method may take a {@link org.ringoverlay.testkit.SimRing}, which is started with the nodes
 * asked for, a {@link org.ringoverlay.testkit.Simulation}, and a {@link
 * org.ringoverlay.testkit.schedule.Schedule}, drawn from the seed, which it plays on the ring.
 * After the method every invariant is checked once more. When it fails, one line says how to run
 * the same again.
 *
 * <p>A method with a schedule that fails is run again and again with ever smaller ones, each time
 * on a new instance of its class, without the methods around it; so it must take all that it needs
 * from its parameters. The smallest schedule is written below {@code target/schedules}, and the
 * test fails with what that one led to.
 *
 * <p>System properties:
 *
 * <ul>
 *   <li>{@code ringtest.seed}: run this seed alone;
 *   <li>{@code ringtest.seeds}: run so many seeds instead of the number that the annotation says;
 *   <li>{@code ringtest.seeds.fresh=true}: draw the seeds anew instead of taking those that belong
 *       to the method's name, which are the same in every run;
 *   <li>{@code ringtest.schedule}: play the schedule in this file, with its seed, alone;
 *   <li>{@code testkit.shrink.runs}: how many runs shrinking may take, 300 unless said; 0 for none.
 * </ul>
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(RingTestExtension.class)
public @interface RingTest {
  /** How many nodes a {@code SimRing} parameter has, 3 unless said. */
  int nodes() default 3;

  /** How many seeds, one unless said. */
  int seeds() default 1;

  /** The first seed; the others follow it. 0, the default, means those of the method's name. */
  long seed() default 0;

  /** How many incidents a {@code Schedule} parameter has, 40 unless said. */
  int incidents() default 40;

  /** Within how many seconds of virtual time they begin, 120 unless said. */
  int withinSeconds() default 120;

  /** Of which kinds they are; all unless said. */
  Climate.Kind[] kinds() default {};

  /** How the nodes are built; a class with a constructor without parameters. */
  Class<? extends NodeSetup> setup() default NodeSetup.Plain.class;
}
