package org.ringoverlay;

/**
 * How a service of this node fares.
 *
 * @param name the service's name
 * @param inFlight requests in work now
 * @param handled requests handled with a reply since the start
 * @param failed requests that ended in an error other than a refusal
 * @param refused requests refused
 * @param repeated repeats answered without running the handler
 */
public record ServiceStatus(
    String name, int inFlight, long handled, long failed, long refused, long repeated) {}
