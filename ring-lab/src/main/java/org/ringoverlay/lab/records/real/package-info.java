/**
 * Records on real nodes, each a process with a disk, that are killed, stopped and cut off.
 *
 * <p>Entry types: {@link org.ringoverlay.lab.records.real.RealCommand}, {@code ring burn real-dht},
 * and {@link org.ringoverlay.lab.records.real.HealCommand}, {@code ring bench heal}. Invariant:
 * what clients ask and are answered is told in the order of this process, so that what a node did
 * when it was killed stays open.
 */
@NullMarked
package org.ringoverlay.lab.records.real;

import org.jspecify.annotations.NullMarked;
