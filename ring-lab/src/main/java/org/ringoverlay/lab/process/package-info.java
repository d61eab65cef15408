/**
 * Nodes in processes of their own.
 *
 * <p>Entry type: {@link org.ringoverlay.lab.process.NodesProcess}. Invariant: no process outlives
 * the one that started it.
 */
@NullMarked
package org.ringoverlay.lab.process;

import org.jspecify.annotations.NullMarked;
