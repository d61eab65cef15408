/**
 * Requests and replies: the calls that this node waits for, the repeats that it recognises, the
 * services that it runs.
 *
 * <p>Entry types: {@link org.ringoverlay.internal.call.Calls} on the asking side, {@link
 * org.ringoverlay.internal.call.Services} on the answering side. Invariants: a call ends exactly
 * once; a handler runs at most once for one request while its window remembers it. Imports the
 * wire, not links or membership: the way out is handed in as {@link
 * org.ringoverlay.internal.call.Way}.
 */
@NullMarked
package org.ringoverlay.internal.call;

import org.jspecify.annotations.NullMarked;
