package org.ringoverlay.dht.internal.arc;

/**
 * The bounds that leaders keep.
 *
 * @param keyQueueMax requests that may wait for one key
 * @param arcQueueMax requests that may wait for an arc that is being taken over
 * @param headsMax heads in one message
 * @param batchRecordsMax records in one message
 * @param batchBytesMax bytes of records in one message of more than one record
 */
record Limits(
    int keyQueueMax, int arcQueueMax, int headsMax, int batchRecordsMax, long batchBytesMax) {}
