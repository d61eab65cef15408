/**
 * What travels between the nodes for the records: requests of clients to an arc's daddy, requests
 * of the daddy to the copies, and their replies.
 *
 * <p>Entry types: {@link org.ringoverlay.dht.internal.wire.Request} and {@link
 * org.ringoverlay.dht.internal.wire.CopyRequest}. Invariants: every list is copied and never null,
 * whatever a peer left out; limits are checked by those who handle a message, not here. Imports IDs
 * and JSON alone.
 */
@NullMarked
package org.ringoverlay.dht.internal.wire;

import org.jspecify.annotations.NullMarked;
