/**
 * Runs a node from the command line and talks to one.
 *
 * <p>Its entry type is {@link org.ringoverlay.console.Main}. It is the outermost ring: nothing that
 * is published imports it, and it does not import the testkit.
 */
@NullMarked
package org.ringoverlay.console;

import org.jspecify.annotations.NullMarked;
