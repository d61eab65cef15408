/**
 * What touches files: a node's data directory, its lock and its identity.
 *
 * <p>Entry type: {@link org.ringoverlay.store.FileStoreProvider}, found by {@code ServiceLoader}.
 * Invariants: a directory is open in at most one process and at most once in it; the identity on
 * disk is at every moment a whole one, the former or the new; nothing is changed in a directory
 * that could not be understood. Imports ring-core's SPI, values and errors alone.
 */
@NullMarked
package org.ringoverlay.store;

import org.jspecify.annotations.NullMarked;
