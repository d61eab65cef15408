/**
 * The public face of a node: {@link org.ringoverlay.Ring}, its builder and its services.
 *
 * <p>Types meet here: requests and replies are records on this side and bytes below. Entry type:
 * {@link org.ringoverlay.Ring}. Nothing else in ring-core imports this package.
 */
@NullMarked
package org.ringoverlay;

import org.jspecify.annotations.NullMarked;
