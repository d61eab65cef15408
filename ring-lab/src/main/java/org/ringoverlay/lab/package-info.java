/**
 * Measures and torments whole rings.
 *
 * <p>Its entry type is {@link org.ringoverlay.lab.Main}. It is never published and nothing imports
 * it.
 */
@NullMarked
package org.ringoverlay.lab;

import org.jspecify.annotations.NullMarked;
