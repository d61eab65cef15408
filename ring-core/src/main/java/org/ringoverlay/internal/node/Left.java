package org.ringoverlay.internal.node;

import java.time.Duration;
import java.util.Map;

/** What a node that left handed over; see the public report. */
public record Left(Map<String, Long> handedOver, Map<String, String> unfinished, Duration took) {}
