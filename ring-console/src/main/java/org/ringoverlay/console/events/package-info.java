/**
 * What happened to the ring lately, as one node saw it.
 *
 * <p>Entry types: {@link org.ringoverlay.console.events.RingEvents}, which hears a node, and {@link
 * org.ringoverlay.console.events.EventLog}, which keeps what was heard for readers that come, go
 * and come back. Invariants: what is kept is bounded in number and in bytes, a reader that was too
 * slow is told what it missed, and no text of unknown origin is kept raw or at any length. Must not
 * import the gateway, the command or the demo.
 */
@NullMarked
package org.ringoverlay.console.events;

import org.jspecify.annotations.NullMarked;
