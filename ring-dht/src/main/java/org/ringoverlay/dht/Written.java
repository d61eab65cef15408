package org.ringoverlay.dht;

import org.ringoverlay.id.Id;

/**
 * A write that was acknowledged.
 *
 * @param version the version that it made
 * @param created whether there was no record before
 * @param copies how many copies had it when it was acknowledged; a record in a ring of one node has
 *     one
 * @param wanted how many copies the ring wants
 * @param daddy the node that made it
 * @param hops how many nodes the request passed
 */
public record Written(long version, boolean created, int copies, int wanted, Id daddy, int hops) {}
