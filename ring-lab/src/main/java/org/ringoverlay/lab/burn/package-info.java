/**
 * Whole rings tormented in the simulator. Entry type: {@link org.ringoverlay.lab.burn.Scenario}, a
 * run of one seed that ends well or says what is wrong.
 */
@NullMarked
package org.ringoverlay.lab.burn;

import org.jspecify.annotations.NullMarked;
