/**
 * Carries frames between nodes over TCP and TLS with Netty.
 *
 * <p>It owns sockets, the event loop that is the thread of a node, and name resolution. It knows
 * the core alone and imports neither the store nor a service.
 */
@NullMarked
package org.ringoverlay.transport.netty;

import org.jspecify.annotations.NullMarked;
