/**
 * The arcs: who commits their records, and how copies follow.
 *
 * <p>Plain state machines that are handed time, chance and messages: {@link
 * org.ringoverlay.dht.internal.arc.Shelf} holds what a node keeps and promises, {@code ArcLeader}
 * serialises the changes of one arc on its daddy, {@code Takeover} is the way to become one, {@code
 * Neighbourhood} says who the copies are. {@link org.ringoverlay.dht.internal.arc.Records} is the
 * entry type and ties them to the node's loop.
 *
 * <p>Invariants: a node never accepts under a ballot older than it promised; a version is made by
 * one ballot alone and so never has two contents; what a reply reveals has been held by a majority
 * of the copies as the daddy saw them. Imports the wire messages and ring-core's public face.
 */
@NullMarked
package org.ringoverlay.dht.internal.arc;

import org.jspecify.annotations.NullMarked;
