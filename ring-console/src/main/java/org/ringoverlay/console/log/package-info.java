/**
 * How the runnable node logs: one line an event on standard error, nothing read from a file.
 *
 * <p>Entry type: {@link org.ringoverlay.console.log.ConsoleLogging}, which logback finds by {@code
 * ServiceLoader}. Invariant: no text of unknown origin reaches the terminal raw.
 */
@NullMarked
package org.ringoverlay.console.log;

import org.jspecify.annotations.NullMarked;
