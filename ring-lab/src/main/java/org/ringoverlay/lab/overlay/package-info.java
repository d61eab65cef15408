/**
 * What the overlay is held to, each line a profile of its own: a ring in the simulator, what
 * befalls it, and figures with whether they hold.
 *
 * <p>Entry type: {@link org.ringoverlay.lab.overlay.OverlayCommand}. A profile is a {@link
 * org.ringoverlay.lab.overlay.Course}, runs on a {@link org.ringoverlay.lab.overlay.Rig} and says
 * what it finds to a {@link org.ringoverlay.lab.overlay.Burn}.
 */
@NullMarked
package org.ringoverlay.lab.overlay;

import org.jspecify.annotations.NullMarked;
