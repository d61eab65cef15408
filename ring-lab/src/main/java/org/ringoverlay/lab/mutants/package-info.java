/**
 * Bugs planted in a copy of the sources, to see whether the burns find them.
 *
 * <p>A mutant is a patch in {@code ring-lab/mutants}, with a head that names the module and the
 * scenario. It is applied to a copy, compiled, and run in a JVM of its own that finds the mutated
 * classes before the real ones. Entry type: {@link org.ringoverlay.lab.mutants.MutantsCommand}.
 */
@NullMarked
package org.ringoverlay.lab.mutants;

import org.jspecify.annotations.NullMarked;
