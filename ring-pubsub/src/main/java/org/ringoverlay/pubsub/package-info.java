/**
 * Carries a message to every subscriber of a topic, or a job to one that is willing.
 *
 * <p>Entry type: {@link org.ringoverlay.pubsub.Topics}. A topic lives at the root of its ID, which
 * numbers the messages and sends them to each subscribing node; the subscribers keep their place
 * there by renewing a lease.
 *
 * <p>Invariants: a subscription hears sequences that only grow, each once; what it was entitled to
 * and did not get, as far as anybody knows, it is told as a {@link org.ringoverlay.pubsub.Gap};
 * every queue has a bound. All state is touched on the node's loop alone.
 *
 * <p>It is a service on the ring like any other: it uses the public API and the SPI of the core
 * alone. It touches no clock, thread, file or random source of its own, and does not import the
 * DHT.
 */
@NullMarked
package org.ringoverlay.pubsub;

import org.jspecify.annotations.NullMarked;
