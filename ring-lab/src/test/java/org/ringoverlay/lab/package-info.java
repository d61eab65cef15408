/**
 * What a machine holds of the architecture: who may know whom, what the deterministic modules must
 * not touch, and what a public signature may show.
 *
 * <p>Entry type: {@link org.ringoverlay.lab.ArchitectureTest}. Invariant: every rule is also run
 * over the classes below {@code planted}, each of which breaks one, and must find it.
 */
package org.ringoverlay.lab;
