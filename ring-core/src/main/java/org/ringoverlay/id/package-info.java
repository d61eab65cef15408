/**
 * The circular identifier space: a point ({@link org.ringoverlay.id.Id}), a stretch of the circle
 * ({@link org.ringoverlay.id.IdRange}) and the circle's division into equal arcs ({@link
 * org.ringoverlay.id.Arcs}).
 *
 * <p>Owns every question of nearness. The one rule for who is closest, with its tie-break, is
 * {@link org.ringoverlay.id.Id#compareDistance}; nothing else in the project may decide it in
 * another way.
 *
 * <p>Invariants: all types are immutable values; comparison, distance and membership allocate
 * nothing; there is no empty range. This package imports nothing of the project.
 */
@NullMarked
package org.ringoverlay.id;

import org.jspecify.annotations.NullMarked;
