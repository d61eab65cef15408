package org.ringoverlay.dht.internal.wire;

/** A register's full key and its version, without what it holds. */
public record Head(String key, long version) {}
