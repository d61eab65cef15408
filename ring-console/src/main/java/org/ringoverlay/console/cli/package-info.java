/**
 * The {@code ring} command.
 *
 * <p>Entry type: {@link org.ringoverlay.console.cli.RingCommand}. Invariants: data on standard
 * output alone, everything else on standard error; the exit status is one of {@link
 * org.ringoverlay.console.cli.Exit}. Only the part of the command line that was asked for is built,
 * so that a node starts fast.
 */
@NullMarked
package org.ringoverlay.console.cli;

import org.jspecify.annotations.NullMarked;
