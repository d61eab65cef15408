/**
 * Carries an event to every subscriber of a topic, or to one that is willing.
 *
 * <p>It is a service on the ring like any other: it uses the public API and the SPI of the core
 * alone. It touches no clock, thread, file or random source of its own, and does not import the
 * DHT.
 */
@NullMarked
package org.ringoverlay.pubsub;

import org.jspecify.annotations.NullMarked;
