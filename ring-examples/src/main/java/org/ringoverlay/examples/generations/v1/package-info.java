/**
 * The first release: a profile has a name and an address.
 *
 * <p>Entry type: {@link org.ringoverlay.examples.generations.v1.OldNode}. It must not import the
 * second release, of which it has never heard.
 */
@NullMarked
package org.ringoverlay.examples.generations.v1;

import org.jspecify.annotations.NullMarked;
