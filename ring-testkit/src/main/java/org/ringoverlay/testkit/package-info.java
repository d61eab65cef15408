/**
 * Runs nodes in one thread and virtual time, over a network that fails on demand, so that the same
 * seed gives the same run.
 *
 * <p>Entry types: {@link org.ringoverlay.testkit.Simulation}, a world; {@link
 * org.ringoverlay.testkit.SimRing}, a ring in it. Invariants: one thread; no chance but the seed's;
 * nothing that differs from JVM to JVM (identity hashes, the order of hash maps, the machine's
 * clock) decides anything. It knows the core's public faces alone, so that every service can be
 * tested with it, and no test framework.
 */
@NullMarked
package org.ringoverlay.testkit;

import org.jspecify.annotations.NullMarked;
