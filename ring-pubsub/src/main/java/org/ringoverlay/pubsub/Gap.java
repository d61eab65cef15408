package org.ringoverlay.pubsub;

/**
 * A stretch of a topic in which a subscription missed messages. Not every number in it need have
 * been a message: sequences may skip.
 *
 * @param topic the topic
 * @param from the first sequence that may be missing
 * @param to the last one, itself missing too
 */
public record Gap(String topic, long from, long to) {}
