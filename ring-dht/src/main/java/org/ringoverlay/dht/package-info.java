/**
 * Keeps versioned JSON records on the neighbours that replicate them.
 *
 * <p>It is a service on the ring like any other: it uses the public API and the SPI of the core
 * alone. It touches no clock, thread, file or random source of its own, and does not import
 * publish-subscribe. Entry type: {@link org.ringoverlay.dht.Dht}. This package is the face; what a
 * daddy and its copies do is below {@code internal}.
 */
@NullMarked
package org.ringoverlay.dht;

import org.jspecify.annotations.NullMarked;
