/**
 * What stands on the wire: the envelope with its binary header, and the messages between
 * neighbours.
 *
 * <p>Entry types: {@link org.ringoverlay.internal.wire.Envelope} and {@link
 * org.ringoverlay.internal.wire.LinkMessage}. Invariant: bytes from the net never throw past {@link
 * org.ringoverlay.internal.wire.Frames}; what it returns has been checked against every limit once.
 * Imports ids, json, errors and the SPI's frame; knows nothing of nodes.
 */
@NullMarked
package org.ringoverlay.internal.wire;

import org.jspecify.annotations.NullMarked;
