package org.ringoverlay.testkit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The links from one host that are in use, by where they lead. */
final class Links {
  private static final @Nullable Link[] NONE = new Link[0];

  /** Sorted by the index of the host at the other end. */
  private @Nullable Link[] links = NONE;

  private int size;

  @Nullable Link to(Host host) {
    int at = indexOf(host);
    return at < 0 ? null : links[at];
  }

  void add(Link link) {
    int at = -1 - indexOf(link.to);
    if (size == links.length) {
      links = Arrays.copyOf(links, Math.max(4, size + size / 2));
    }
    System.arraycopy(links, at, links, at + 1, size - at);
    links[at] = link;
    size++;
  }

  void remove(Link link) {
    int at = indexOf(link.to);
    if (at >= 0 && links[at] == link) {
      size--;
      System.arraycopy(links, at + 1, links, at, size - at);
      links[size] = null;
      if (size < links.length / 4) {
        links = Arrays.copyOf(links, size + 2);
      }
    }
  }

  private int indexOf(Host host) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Link link = links[middle];
      int index = link == null ? Integer.MAX_VALUE : link.to.index;
      if (index == host.index) {
        return middle;
      } else if (index < host.index) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1 - low;
  }
}
