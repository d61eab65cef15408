/**
 * One record type in two generations, in one ring at the same time.
 *
 * <p>{@link org.ringoverlay.examples.generations.v1} is a program as it was shipped first; {@link
 * org.ringoverlay.examples.generations.v2} is the next release of it, whose record has grown. The
 * two packages know nothing of each other, as two releases do not: the test runs the first with a
 * class path that does not hold the second. An update by the old one keeps what only the new one
 * understands, because it merges instead of replacing.
 */
@NullMarked
package org.ringoverlay.examples.generations;

import org.jspecify.annotations.NullMarked;
