/**
 * Carries frames between nodes over TCP with Netty.
 *
 * <p>It owns sockets, the event loop that is the thread of a node, the timers on it, and the watch
 * for handlers that hold it. Entry types: {@link
 * org.ringoverlay.transport.netty.NettyTransportProvider}, found by {@code ServiceLoader}, gives
 * every node a loop of its own; {@link org.ringoverlay.transport.netty.NettyLoops} lets several
 * nodes of one JVM share some.
 *
 * <p>Invariants: whatever belongs to a connection or a timer is touched on its loop alone; every
 * buffer has a bound in bytes; a handler hears {@code opened} at most once and {@code closed}
 * exactly once. The only threads are the loops and one watchdog for the whole JVM. It knows the
 * core alone and imports neither the store nor a service; no Netty type is in a public signature.
 */
@NullMarked
package org.ringoverlay.transport.netty;

import org.jspecify.annotations.NullMarked;
