/**
 * What a node knows of the ring at one moment: its members, sorted around the circle, and who is
 * root of what.
 *
 * <p>Entry type: {@link org.ringoverlay.view.RingView}. Invariant: everything here is immutable and
 * is the knowledge of one node, never an authority. Imports IDs alone.
 */
@NullMarked
package org.ringoverlay.view;

import org.jspecify.annotations.NullMarked;
