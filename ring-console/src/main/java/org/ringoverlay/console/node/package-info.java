/**
 * The runnable node: a ring with its echo service and its gateway.
 *
 * <p>Entry type: {@link org.ringoverlay.console.node.RunningNode}. Invariant: whatever fails while
 * it starts, nothing of it stays open. Must not import the command or the demo.
 */
@NullMarked
package org.ringoverlay.console.node;

import org.jspecify.annotations.NullMarked;
