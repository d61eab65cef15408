package org.ringoverlay.internal.call;

import org.ringoverlay.id.Id;

/**
 * A reply's bytes.
 *
 * @param array holds the JSON, not copied
 * @param node who answered
 * @param hops how many nodes the request passed
 * @param conclusive whether no attempt of the call is silent
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not shared: a copy per message would cost
public record Reply(byte[] array, int offset, int length, Id node, int hops, boolean conclusive) {}
