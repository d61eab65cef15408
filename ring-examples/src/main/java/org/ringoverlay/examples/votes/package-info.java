/**
 * A service of one's own and its test in the simulator: {@link
 * org.ringoverlay.examples.votes.Votes}.
 *
 * <p>Imports the public API alone.
 */
@NullMarked
package org.ringoverlay.examples.votes;

import org.jspecify.annotations.NullMarked;
