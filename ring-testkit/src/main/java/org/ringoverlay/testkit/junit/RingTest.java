package org.ringoverlay.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.ringoverlay.testkit.NodeSetup;

/**
 * A test that runs in a simulation, once for each of some seeds.
 *
 * <p>The method may take a {@link org.ringoverlay.testkit.SimRing}, which is started with the nodes
 * asked for, and a {@link org.ringoverlay.testkit.Simulation}. After the method every invariant is
 * checked once more. When it fails, one line says how to run the same again. System properties:
 *
 * <ul>
 *   <li>{@code testkit.seed}: run this seed alone;
 *   <li>{@code testkit.seeds}: run so many seeds instead of the number that the annotation says;
 *   <li>{@code testkit.seeds.fresh=true}: draw the seeds anew instead of taking those that belong
 *       to the method's name, which are the same in every run.
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

  /** How the nodes are built; a class with a constructor without parameters. */
  Class<? extends NodeSetup> setup() default NodeSetup.Plain.class;
}
