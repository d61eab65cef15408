/**
 * Runs nodes in one thread and virtual time, so that the same seed gives the same run.
 *
 * <p>It knows the core alone, so that every service can be tested with it.
 */
@NullMarked
package org.ringoverlay.testkit;

import org.jspecify.annotations.NullMarked;
