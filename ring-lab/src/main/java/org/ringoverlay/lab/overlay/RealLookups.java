package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ringoverlay.id.Id;
import org.ringoverlay.lab.report.Plot;
import org.ringoverlay.testkit.stats.Distribution;

/**
 * What real nodes tell of their lookups, judged by one who knows all IDs and when a part of them
 * was gone.
 *
 * <p>A delivery is right at the root among all nodes while all were there, at the root among the
 * others once these were gone, and at either while they went or came back. Moments are those of
 * {@link NodesProgram#now}.
 */
final class RealLookups {
  private static final int SHOWN_MAX = 3;

  private final Circle all;
  private final Circle left;
  private final long countedFrom;
  private final long goingAt;
  private final long goneAt;
  private long goesOnAt = Long.MAX_VALUE;
  private long backAt = Long.MAX_VALUE;

  private final List<Missed> missed = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private final Distribution before = new Distribution();
  private final Distribution after = new Distribution();
  private long asked;
  private long deliveries;

  private record Missed(long askedAt, Id target, String why) {}

  /**
   * Makes it.
   *
   * @param left those that were not gone
   * @param countedFrom what was asked or delivered before that does not count
   * @param goingAt before the first of the others stood still
   * @param goneAt when all of them did
   */
  RealLookups(Circle all, Circle left, long countedFrom, long goingAt, long goneAt) {
    this.all = all;
    this.left = left;
    this.countedFrom = countedFrom;
    this.goingAt = goingAt;
    this.goneAt = goneAt;
  }

  /**
   * They came back.
   *
   * @param firstAt before any of them went on
   * @param agreedAt when all nodes saw all
   */
  void backBetween(long firstAt, long agreedAt) {
    goesOnAt = firstAt;
    backAt = agreedAt;
  }

  /** Takes a line of {@link NodesProgram} about a lookup or a delivery. */
  void take(String line) {
    String[] words = line.split(" ", 4);
    switch (words[0]) {
      case "served" -> {
        String[] by = words[3].split(" ", -1);
        delivered(Id.parse(words[2]), Id.parse(by[0]), Long.parseLong(by[1]));
      }
      case "found" -> found(Long.parseLong(words[1]), Id.parse(words[2]), words[3].split(" ", -1));
      case "missed" -> {
        long askedAt = Long.parseLong(words[1]);
        if (askedAt >= countedFrom) {
          asked++;
          missed.add(new Missed(askedAt, Id.parse(words[2]), words[3]));
        }
      }
      default -> throw new AssertionError("a process told '" + line + "'");
    }
  }

  private void found(long askedAt, Id target, String[] by) {
    if (askedAt < countedFrom) {
      return;
    }
    asked++;
    Id node = Id.parse(by[0]);
    if (!left.nodes().contains(node)) {
      // A process that was killed tells no deliveries; this is the only word of it.
      delivered(target, node, Long.parseLong(by[1]));
    }
    Distribution delays = askedAt < goingAt ? before : after;
    delays.add(Long.parseLong(by[2]) - askedAt);
  }

  private void delivered(Id target, Id node, long at) {
    if (at < countedFrom) {
      return;
    }
    deliveries++;
    if (!isRight(target, node, at)) {
      wrong.add(
          String.format(
              Locale.ROOT,
              "%+,d ms: %s was delivered at %s, the root is %s of all and %s of those left",
              (at - goneAt) / 1_000,
              target.shortString(),
              node.shortString(),
              all.rootOf(target).shortString(),
              left.rootOf(target).shortString()));
    }
  }

  /** Whether a node was root of a target at a moment. */
  boolean isRight(Id target, Id node, long at) {
    boolean allThere = at <= goneAt || at >= goesOnAt;
    boolean someGone = at >= goingAt && at <= backAt;
    return (allThere && node.equals(all.rootOf(target)))
        || (someGone && node.equals(left.rootOf(target)));
  }

  /** Says what came of them, and holds it to the bounds. */
  void judge(Burn burn, int gone) throws IOException {
    burn.figure(
        "%,d lookups: %,d answered, %,d failed", asked, asked - missed.size(), missed.size());
    burn.figure("microseconds of an answer before: %s", before);
    burn.figure("microseconds of an answer after: %s", after);
    var darkness = new Darkness(burn);
    for (Missed each : missed) {
      darkness.failed(
          Math.floorDiv(each.askedAt() - goneAt, 1_000L),
          !left.nodes().contains(all.rootOf(each.target())),
          each.target() + ", " + each.why());
    }
    darkness.judge(gone);
    burn.bound(
        wrong.isEmpty(),
        "of %,d deliveries that are known %,d were at a wrong root",
        deliveries,
        wrong.size());
    wrong.stream().limit(SHOWN_MAX).forEach(each -> burn.figure("%s", each));
    if (before.count() > 0 && after.count() > 0) {
      burn.plot(
          "delay",
          Plot.cdf("How long an answer took", "microseconds")
              .logX()
              .distribution("before", before)
              .distribution("after", after));
    }
  }
}
