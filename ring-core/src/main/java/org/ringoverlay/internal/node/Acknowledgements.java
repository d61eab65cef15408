package org.ringoverlay.internal.node;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.link.Links;
import org.ringoverlay.internal.wire.Frames;
import org.ringoverlay.spi.Scheduler;

/**
 * Requests that this node took from former hops: acknowledged once a loop turn, those of one hop in
 * one frame. On the loop.
 */
final class Acknowledgements {
  private final Links links;
  private final Scheduler scheduler;
  private final TreeMap<Id, List<Integer>> taken = new TreeMap<>();

  Acknowledgements(Links links, Scheduler scheduler) {
    this.links = links;
    this.scheduler = scheduler;
  }

  void took(Id from, int number) {
    if (taken.isEmpty()) {
      scheduler.execute(this::flush);
    }
    List<Integer> numbers = taken.computeIfAbsent(from, hop -> new ArrayList<>());
    numbers.add(number);
    if (numbers.size() >= Frames.ACKS_MAX) {
      taken.remove(from);
      links.send(from, Frames.acks(numbers));
    }
  }

  private void flush() {
    taken.forEach((hop, numbers) -> links.send(hop, Frames.acks(numbers)));
    taken.clear();
  }
}
