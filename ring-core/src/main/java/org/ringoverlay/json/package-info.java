/**
 * JSON values and their binding to Java types.
 *
 * <p>Owns what counts as JSON here ({@link org.ringoverlay.json.Json}), how records become JSON and
 * come back ({@link org.ringoverlay.json.JsonBinding}), how fields that a type does not know
 * survive an update ({@link org.ringoverlay.json.Json#merge}), and the wire form of errors ({@link
 * org.ringoverlay.json.ErrorJson}).
 *
 * <p>Invariants: a {@code Json} holds bytes that passed the grammar and its limits, unchanged; no
 * name on the wire ever selects a class, only an entry of a registered map; no message repeats a
 * stranger's text raw. Jackson is used inside and appears in no signature. Of the project this
 * package imports {@code id} and {@code error} alone.
 */
@NullMarked
package org.ringoverlay.json;

import org.jspecify.annotations.NullMarked;
