/** Runs every example as a user does, in a process of its own, and holds the docs to the code. */
@org.jspecify.annotations.NullMarked
package org.ringoverlay.examples;
