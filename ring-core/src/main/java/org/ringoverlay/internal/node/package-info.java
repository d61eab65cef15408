/**
 * The node: a dispatcher and a clock over links, membership, calls and services.
 *
 * <p>Entry type: {@link org.ringoverlay.internal.node.Node}. Invariant: every message goes link →
 * node → router → service or next hop, and no step calls back up the line. Imports all other
 * internal packages; none imports it.
 */
@NullMarked
package org.ringoverlay.internal.node;

import org.jspecify.annotations.NullMarked;
