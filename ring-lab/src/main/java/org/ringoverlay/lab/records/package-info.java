/**
 * Rings that keep records in bad weather, and whether the records keep their promises.
 *
 * <p>Entry type: {@link org.ringoverlay.lab.records.RecordsCommand}, {@code ring burn dht}.
 * Invariant: all that a seed does is drawn from the seed.
 */
@NullMarked
package org.ringoverlay.lab.records;

import org.jspecify.annotations.NullMarked;
