/**
 * What a run measured: exact distributions, and how sure a count makes one of a probability.
 *
 * <p>Entry types: {@link org.ringoverlay.testkit.stats.Distribution} and {@link
 * org.ringoverlay.testkit.stats.Confidence}. Plain state, no chance and no clock; imports nothing
 * of Ring.
 */
@NullMarked
package org.ringoverlay.testkit.stats;

import org.jspecify.annotations.NullMarked;
