/**
 * The HTTP gateway: a ring for every language that can speak HTTP/1.1.
 *
 * <p>Entry type: {@link org.ringoverlay.console.gateway.Gateway}, which serves what a {@link
 * org.ringoverlay.console.gateway.Backend} does. Invariants: one loop thread of its own does all
 * HTTP work; a connection has one request in work at a time and every buffer has a bound; nothing
 * is answered to a foreign {@code Host} or {@code Origin}. Netty stays inside. Must not import the
 * command or the demo.
 */
@NullMarked
package org.ringoverlay.console.gateway;

import org.jspecify.annotations.NullMarked;
