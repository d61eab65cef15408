package org.ringoverlay.dht;

import java.util.Optional;
import org.ringoverlay.json.Json;

/**
 * A change of a record.
 *
 * @param key the key
 * @param version the version that the change made
 * @param value the value, empty if the record was deleted
 */
public record KeyChange(String key, long version, Optional<Json> value) {}
