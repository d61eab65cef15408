/**
 * Exhaustive exploration of a protocol's model: every state that can be reached within a bound, in
 * every order of events, and the shortest way to one that is wrong.
 *
 * <p>Entry type: {@link org.ringoverlay.testkit.explore.Explorer}. Invariant: what was explored is
 * counted, and a bound that cut it short is told. Imports nothing of the simulator.
 */
@NullMarked
package org.ringoverlay.testkit.explore;

import org.jspecify.annotations.NullMarked;
