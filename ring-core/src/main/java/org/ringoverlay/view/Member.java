package org.ringoverlay.view;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.ringoverlay.id.Id;

/**
 * A node as others know it.
 *
 * @param id its place on the circle
 * @param incarnation grows each time the node starts again
 * @param address where its ring port is, {@code host:port}
 * @param http where its gateway is, {@code host:port}, or empty
 * @param labels zone, rack, anything; sorted by name
 * @param services the names of the services that it offers, sorted
 * @param state how the node that tells sees it
 */
public record Member(
    Id id,
    long incarnation,
    String address,
    String http,
    Map<String, String> labels,
    List<String> services,
    MemberState state) {

  /** Copies the collections. */
  public Member {
    Objects.requireNonNull(id);
    Objects.requireNonNull(address);
    Objects.requireNonNull(http);
    Objects.requireNonNull(state);
    // The usual case of none is kept by every node for every member: it should cost nothing.
    labels =
        labels.isEmpty()
            ? Collections.emptySortedMap()
            : Collections.unmodifiableMap(new TreeMap<>(labels));
    services = services.stream().sorted().toList();
  }

  /** The same member in a state. */
  public Member in(MemberState other) {
    return other == state
        ? this
        : new Member(id, incarnation, address, http, labels, services, other);
  }

  /** Whether it offers a service of this name. */
  public boolean offers(String service) {
    return services.contains(service);
  }
}
