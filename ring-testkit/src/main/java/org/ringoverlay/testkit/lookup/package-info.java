/**
 * Lookups as a load, each judged by an oracle: delivered at the root, at a wrong one, told to have
 * failed, or lost.
 *
 * <p>Entry type: {@link org.ringoverlay.testkit.lookup.Lookups}. Invariant: the load draws from a
 * stream of chance of its own and changes no other. Imports the simulator and its statistics.
 */
@NullMarked
package org.ringoverlay.testkit.lookup;

import org.jspecify.annotations.NullMarked;
