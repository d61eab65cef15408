/**
 * What a node is handed: time, its one thread, wires, chance, a place for its identity, an
 * observer.
 *
 * <p>Core, dht and pubsub never reach for the machine themselves; everything that they cannot
 * compute comes through here, so that the same code runs over sockets and in the simulator. Entry
 * types: {@link org.ringoverlay.spi.Transport} and {@link org.ringoverlay.spi.Store}, found by
 * {@code ServiceLoader} through their providers. Imports IDs, settings, views and errors.
 */
@NullMarked
package org.ringoverlay.spi;

import org.jspecify.annotations.NullMarked;
