package org.ringoverlay.lab.records;

import java.util.Map;
import java.util.TreeMap;

/** What was done in one seed, or in many. */
final class Tally {
  long seeds;
  long begun;
  long succeeded;
  long conflicts;
  long unknown;
  long refused;
  long repeats;
  long histories;
  long told;
  long prefixGaps;
  long floors;
  long dropped;
  long nodes;
  long simulatedMillis;
  final Map<String, Long> incidents = new TreeMap<>();

  void add(Tally other) {
    seeds += other.seeds;
    begun += other.begun;
    succeeded += other.succeeded;
    conflicts += other.conflicts;
    unknown += other.unknown;
    refused += other.refused;
    repeats += other.repeats;
    histories += other.histories;
    told += other.told;
    prefixGaps += other.prefixGaps;
    floors += other.floors;
    dropped += other.dropped;
    nodes += other.nodes;
    simulatedMillis += other.simulatedMillis;
    other.incidents.forEach((kind, count) -> incidents.merge(kind, count, Long::sum));
  }
}
