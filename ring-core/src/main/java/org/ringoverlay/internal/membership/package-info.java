/**
 * Who is in the ring, as this node sees it, and how it comes to see it.
 *
 * <p>Entry type: {@link org.ringoverlay.internal.membership.Membership}, beside it the {@link
 * org.ringoverlay.internal.membership.FailureDetector} and {@link
 * org.ringoverlay.internal.membership.Joining}. Invariants: of two facts about a member the one
 * with the higher (incarnation, version, state) wins everywhere; only a member itself raises its
 * version; a published view never holds a member twice. Imports the wire and views; messages leave
 * through {@link org.ringoverlay.internal.membership.Post}.
 */
@NullMarked
package org.ringoverlay.internal.membership;

import org.jspecify.annotations.NullMarked;
