/**
 * Keeps what must survive the process in files below one data directory.
 *
 * <p>It owns the directory, its lock, the identity of the node and the storage thread. It knows the
 * core alone and imports neither the transport nor a service.
 */
@NullMarked
package org.ringoverlay.store;

import org.jspecify.annotations.NullMarked;
