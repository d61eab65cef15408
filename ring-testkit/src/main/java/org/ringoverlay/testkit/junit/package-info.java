/**
 * Simulated rings in JUnit tests: {@link org.ringoverlay.testkit.junit.RingTest} runs a method over
 * seeds and prints, when it fails, the one command that runs the failure again.
 *
 * <p>Imports the simulator and JUnit's API.
 */
@NullMarked
package org.ringoverlay.testkit.junit;

import org.jspecify.annotations.NullMarked;
