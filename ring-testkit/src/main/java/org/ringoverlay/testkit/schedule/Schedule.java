package org.ringoverlay.testkit.schedule;

import java.util.Comparator;
import java.util.List;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.SimRing;

/**
 * What befalls a ring, and when. Immutable.
 *
 * @param seed the seed of the simulation that it belongs to, and of the schedule if it was drawn
 * @param incidents what happens, in the order of time
 */
public record Schedule(long seed, List<Timed> incidents) {

  /**
   * An incident and its time.
   *
   * @param atMillis when, counted in virtual time from the moment when the schedule is played
   * @param incident what
   */
  public record Timed(long atMillis, Incident incident) {
    /** Checks the time. */
    public Timed {
      if (atMillis < 0) {
        throw new IllegalArgumentException("a schedule begins at 0 ms: " + atMillis);
      }
    }
  }

  /** Sorts by time; incidents of one time stay in their order. */
  public Schedule {
    incidents = incidents.stream().sorted(Comparator.comparingLong(Timed::atMillis)).toList();
  }

  /** Draws a schedule from a seed. */
  public static Schedule draw(long seed, Climate climate) {
    return new Draw(seed, climate).schedule();
  }

  /** Reads what {@link #toJson} wrote. */
  public static Schedule parse(String json) {
    return Json.parse(json).as(Schedule.class);
  }

  /** The same with other incidents. */
  public Schedule with(List<Timed> others) {
    return new Schedule(seed, others);
  }

  /** How many incidents there are. */
  public int size() {
    return incidents.size();
  }

  /** When the last incident is over. */
  public long lastsMillis() {
    return incidents.stream()
        .mapToLong(timed -> timed.atMillis() + timed.incident().forMillis())
        .max()
        .orElse(0);
  }

  /** Begins to play it on a ring of the same seed's simulation, from now on. */
  public Playback playOn(SimRing ring) {
    return new Playback(this, ring);
  }

  /** As JSON, one incident a line. */
  public String toJson() {
    var text = new StringBuilder("{\"seed\":").append(seed).append(",\n\"incidents\":[");
    String separator = "\n";
    for (Timed timed : incidents) {
      text.append(separator).append(Json.of(timed));
      separator = ",\n";
    }
    return text.append("\n]}\n").toString();
  }
}
