/**
 * Histories of operations by several clients, and whether they can be put in an order that a single
 * object would have shown: linearizability.
 *
 * <p>Entry type: {@link org.ringoverlay.testkit.history.History}. Invariant: an operation whose
 * outcome is not known may have taken effect at any time after it was begun, or never. Imports
 * nothing of the simulator.
 */
@NullMarked
package org.ringoverlay.testkit.history;

import org.jspecify.annotations.NullMarked;
