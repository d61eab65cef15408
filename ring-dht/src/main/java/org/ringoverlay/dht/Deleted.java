package org.ringoverlay.dht;

import org.ringoverlay.id.Id;

/**
 * A delete that was acknowledged.
 *
 * @param existed whether there was a record; if not, nothing was changed
 * @param version the version of the delete, above all versions of the record; 0 if there was none
 * @param copies how many copies had it when it was acknowledged
 * @param wanted how many copies the ring wants
 * @param daddy the node that made it
 * @param hops how many nodes the request passed
 */
public record Deleted(boolean existed, long version, int copies, int wanted, Id daddy, int hops) {}
