/**
 * A world for one node's parts in tests: time that stands still until it is told to move, a loop
 * that is turned by hand, seeded chance, and ears for what goes out.
 *
 * <p>Entry type: {@link org.ringoverlay.internal.fake.FakeLoop}. Invariant: nothing here looks at
 * the machine's clock or has a thread.
 */
package org.ringoverlay.internal.fake;
