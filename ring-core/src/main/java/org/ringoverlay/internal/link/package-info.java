/**
 * Connections to other nodes: who is at the other end, and one way to send to a node by its ID.
 *
 * <p>Entry type: {@link org.ringoverlay.internal.link.Links}. Invariants: no frame is handed up
 * before the handshake has agreed on ring, identity and protocol; what waits for a connection is
 * bounded. Imports the wire and the SPI, not membership.
 */
@NullMarked
package org.ringoverlay.internal.link;

import org.jspecify.annotations.NullMarked;
