package org.ringoverlay.examples.generations.v1;

/** A person, as the first release knows one. */
public record Profile(String name, String email) {}
