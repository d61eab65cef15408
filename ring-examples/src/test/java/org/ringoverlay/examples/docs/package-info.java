/**
 * Holds README and docs to the code: snippets compile, links lead somewhere, tables are complete.
 */
@org.jspecify.annotations.NullMarked
package org.ringoverlay.examples.docs;
