/**
 * The demo: real processes on this machine become one ring, and it is shown at work.
 *
 * <p>Entry type: {@link org.ringoverlay.console.demo.Demo}. Invariants: everything shown was done
 * through the gateways of the nodes, as anybody could do it; whatever happens, no process that it
 * started stays; it is never silent for more than a second. Must not import the command or a node's
 * insides.
 */
@NullMarked
package org.ringoverlay.console.demo;

import org.jspecify.annotations.NullMarked;
