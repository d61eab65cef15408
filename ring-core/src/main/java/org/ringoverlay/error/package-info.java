/**
 * The project's one family of errors, and how foreign text is made fit to be shown.
 *
 * <p>Owns the meaning of every error: its code, what to do about it, and whether repeating is safe
 * ({@link org.ringoverlay.error.RingException}). Values inside errors are JSON text here; their
 * wire form is made in {@code org.ringoverlay.json}.
 *
 * <p>Invariants: a message is bounded and free of control characters, so it can be logged and shown
 * as it is. This package imports {@code org.ringoverlay.id} and nothing else of the project.
 */
@NullMarked
package org.ringoverlay.error;

import org.jspecify.annotations.NullMarked;
