package org.ringoverlay.pubsub;

import org.ringoverlay.json.Json;

/**
 * A message as a subscriber gets it.
 *
 * @param topic the topic
 * @param seq its place in the topic: below 2⁵³, grows and may skip
 * @param value what was published
 */
public record Event(String topic, long seq, Json value) {}
