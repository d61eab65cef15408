package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;

/**
 * A look at the keys of one arc for a listing.
 *
 * <p>What a majority holds is told when a majority has confirmed, after the look, that the daddy's
 * ballot stands. A key whose change is under way is read like any other read: when it is settled.
 * Bounded in keys that are looked at, tombstones included. On the loop.
 */
final class Scan {
  /** Keys that one look passes, so that many deleted ones do not hold the loop. */
  static final int LOOKED_MAX = 2_048;

  private final List<String> present = new ArrayList<>();
  private final List<String> unsettled = new ArrayList<>();
  private @Nullable String until;

  /**
   * What a look found.
   *
   * @param fullKeys the keys that are there, in no order
   * @param until the full key up to which these are all, null if they are all that were asked for
   */
  record Result(List<String> fullKeys, @Nullable String until) {}

  private Scan() {}

  /** Looks. */
  static Scan of(NavigableMap<String, Cell> cells, Request.ListKeys list) {
    var scan = new Scan();
    String prefix = Keys.full(list.space(), list.prefix());
    String after = Keys.full(list.space(), list.after());
    String upTo = list.upTo();
    String end = upTo == null ? null : Keys.full(list.space(), upTo);
    NavigableMap<String, Cell> from =
        Keys.compare(after, prefix) < 0 ? cells.tailMap(prefix, true) : cells.tailMap(after, false);
    int looked = 0;
    String last = null;
    for (Map.Entry<String, Cell> each : from.entrySet()) {
      String key = each.getKey();
      if (!key.startsWith(prefix) || (end != null && Keys.compare(key, end) > 0)) {
        break;
      }
      if (looked == LOOKED_MAX || scan.found() == list.keysMax()) {
        scan.until = last;
        break;
      }
      looked++;
      last = key;
      Cell cell = each.getValue();
      if (!cell.settled) {
        scan.unsettled.add(key);
      } else if (Register.present(cell.current)) {
        scan.present.add(key);
      }
    }
    return scan;
  }

  private int found() {
    return present.size() + unsettled.size();
  }

  /**
   * Answers with a {@link Result} when all is settled and confirmed.
   *
   * @param submit takes a read of one key
   */
  void answer(Pending pending, Checks checks, Consumer<Pending> submit) {
    int[] open = {unsettled.size() + 1};
    Runnable confirmed =
        () -> {
          open[0]--;
          if (open[0] == 0) {
            pending.done(new Result(present, until));
          }
        };
    for (String key : unsettled) {
      var read =
          new Pending(
              new Request.Get(Keys.spaceOf(key), Keys.keyOf(key), false),
              key,
              pending.deadlineNanos());
      var unused =
          read.answer()
              .whenComplete(
                  (found, error) -> {
                    if (error instanceof RingException why) {
                      pending.fail(why);
                    } else if (((Request.Found) found).present()) {
                      present.add(key);
                    }
                    confirmed.run();
                  });
      submit.accept(read);
    }
    checks.confirm(pending, confirmed);
  }
}
