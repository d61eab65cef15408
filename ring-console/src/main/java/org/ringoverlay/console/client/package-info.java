/**
 * Talks to a gateway over HTTP, as the commands and the demo do.
 *
 * <p>Entry type: {@link org.ringoverlay.console.client.GatewayClient}. It knows the contract alone
 * and nothing of a node's insides, so it works against a gateway of any version. Blocking, one
 * connection a request, no thread of its own.
 */
@NullMarked
package org.ringoverlay.console.client;

import org.jspecify.annotations.NullMarked;
