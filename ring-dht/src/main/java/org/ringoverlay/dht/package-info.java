/**
 * Keeps versioned JSON records on the neighbours that replicate them.
 *
 * <p>It is a service on the ring like any other: it uses the public API and the SPI of the core
 * alone. It touches no clock, thread, file or random source of its own, and does not import
 * publish-subscribe.
 */
@NullMarked
package org.ringoverlay.dht;

import org.jspecify.annotations.NullMarked;
