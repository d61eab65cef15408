/**
 * The second release: a profile has grown a phone number and nested preferences.
 *
 * <p>Entry type: {@link org.ringoverlay.examples.generations.v2.NewNode}. It must not import the
 * first release: what they share is the JSON of a record, not a class.
 */
@NullMarked
package org.ringoverlay.examples.generations.v2;

import org.jspecify.annotations.NullMarked;
