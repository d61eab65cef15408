package org.ringoverlay.dht;

/**
 * What one node has of deleted records. A delete leaves a tombstone on each copy, so that nothing
 * older comes up again; it goes when all members of its arc hold the same.
 *
 * @param held how many it holds, of arcs of which it is a member
 * @param dropped how many it has dropped since it started, because they were held up no more
 * @param floors how often the version up to which tombstones have gone rose in one of its arcs
 */
public record Tombstones(long held, long dropped, long floors) {}
