/**
 * Programs to start from, each of which is also a test.
 *
 * <p>They use what a user can use: the public API and nothing else.
 */
@NullMarked
package org.ringoverlay.examples;

import org.jspecify.annotations.NullMarked;
