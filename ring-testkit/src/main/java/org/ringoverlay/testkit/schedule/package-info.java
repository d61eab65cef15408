/**
 * Faults as an explicit list: what befalls which node at which time, drawn from a seed, played on a
 * simulated ring, shrunk when a run of it fails, and kept in a file that replays.
 *
 * <p>Entry type: {@link org.ringoverlay.testkit.schedule.Schedule}. Invariant: everything but the
 * playback is an immutable value, and a schedule alone with its seed decides what happens. Imports
 * the simulator.
 */
@NullMarked
package org.ringoverlay.testkit.schedule;

import org.jspecify.annotations.NullMarked;
