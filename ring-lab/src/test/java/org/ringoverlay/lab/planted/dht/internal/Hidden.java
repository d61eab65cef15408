package org.ringoverlay.lab.planted.dht.internal;

/** Not exported. */
public final class Hidden {}
