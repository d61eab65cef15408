package org.ringoverlay.console.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ringoverlay.settings.Settings;

/**
 * What a node is told at its start.
 *
 * @param listen the ring port, {@code host:port}
 * @param http the gateway's {@code host:port}, or {@code off}
 * @param advertise what others are told instead of the bound address, or empty
 * @param data the data directory, or empty for a node in memory
 * @param ring the ring's name
 * @param seeds members to join
 * @param labels zone, rack, anything
 * @param found whether it founds although it has seeds
 * @param echo whether it offers the echo service
 * @param set settings that go before all sources
 * @param sources where settings stand, the first goes first
 */
public record NodeOptions(
    String listen,
    String http,
    String advertise,
    String data,
    String ring,
    List<String> seeds,
    Map<String, String> labels,
    boolean found,
    boolean echo,
    Map<String, String> set,
    List<Settings.Source> sources) {
  /** Copies the collections. */
  public NodeOptions {
    seeds = List.copyOf(seeds);
    labels = new TreeMap<>(labels);
    set = new TreeMap<>(set);
    sources = new ArrayList<>(sources);
  }

  /** Whether a gateway is wanted. */
  boolean hasGateway() {
    return !http.equals("off");
  }
}
