package org.ringoverlay.dht.internal.arc;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Operation;

/**
 * The last operations that a register has seen, the oldest first. Immutable. On the loop.
 *
 * <p>A register is followed by one that has seen one operation more, a hundred of them in common.
 * So windows share a log, of which each shows a part: the newest window appends to it, and what is
 * there never changes.
 */
final class OperationWindow {
  static final int OPERATIONS_MAX = 128;

  /** The most characters of an operation's ID, all of them printable ASCII. */
  private static final int ID_CHARS_MAX = 130;

  /** A log holds up to 32 operations that its newest window shows no more. */
  private static final int LOG_MAX = OPERATIONS_MAX + 32;

  static final OperationWindow EMPTY = of(List.of(), 0);

  /** Whether this can be an operation's ID. */
  static boolean isId(String id) {
    if (id.isEmpty() || id.length() > ID_CHARS_MAX) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      if (id.charAt(i) < ' ' || id.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /** Tells of the place of an operation, and of the operation. */
  interface Places {
    void at(int place, Operation operation);
  }

  private final OperationLog log;

  /** The place of the log's first operation. */
  private final int place;

  private final int from;
  private final int to;

  /** The version of the newest operation that came before the log and is remembered no more. */
  private final long before;

  private OperationWindow(OperationLog log, int place, int from, int to, long before) {
    this.log = log;
    this.place = place;
    this.from = from;
    this.to = to;
    this.before = before;
  }

  /**
   * The window of these operations; of too many the oldest are left out.
   *
   * @param forgotten the version of the newest operation that was left out before, 0 if none was
   */
  static OperationWindow of(List<Operation> operations, long forgotten) {
    return of(operations, forgotten, 0);
  }

  /**
   * The same, as it was kept.
   *
   * @param place where the oldest operation is kept
   */
  static OperationWindow of(List<Operation> operations, long forgotten, int place) {
    int from = Math.max(0, operations.size() - OPERATIONS_MAX);
    long newest = from == 0 ? forgotten : operations.get(from - 1).version();
    int size = operations.size() - from;
    var log = new OperationLog(size);
    operations.subList(from, operations.size()).forEach(each -> log.add(each, LOG_MAX));
    return new OperationWindow(
        log, (place + from) % OPERATIONS_MAX, 0, size, Math.max(forgotten, newest));
  }

  /** The window with one more operation, and without its oldest if it was full. */
  OperationWindow plus(Operation operation) {
    int start = Math.max(from, to + 1 - OPERATIONS_MAX);
    boolean added = to < log.size() && log.isAt(to, operation);
    if (!added && (to < log.size() || to == LOG_MAX || to == 0)) {
      // Another window went on with the log, or it is full, or it is that of all empty windows.
      int size = to - start + 1;
      OperationLog own = log.copy(start, to, size < OPERATIONS_MAX ? size : LOG_MAX);
      own.add(operation, LOG_MAX);
      return new OperationWindow(
          own, (place + start) % OPERATIONS_MAX, 0, size, newestBefore(start));
    }
    if (!added) {
      log.add(operation, LOG_MAX);
    }
    return new OperationWindow(log, place, start, to + 1, before);
  }

  /** The operation with this ID, if it is remembered. The newest is looked at first. */
  @Nullable Operation find(String id) {
    return log.find(id, from, to);
  }

  /** The version of the newest operation that is remembered no more, 0 if all are. */
  long forgotten() {
    return newestBefore(from);
  }

  private long newestBefore(int start) {
    return start == 0 ? before : Math.max(before, log.version(start - 1));
  }

  /** The last ones, the oldest of them first; at most as many as there are. */
  List<Operation> last(int count) {
    return List.of(log.range(to - count, to));
  }

  List<Operation> list() {
    return List.of(log.range(from, to));
  }

  /**
   * How what is kept of this window becomes what is to be kept of the next one of its register.
   * Operations are kept in 128 places, one behind the other and round, so that a new one takes the
   * place of the one that is forgotten for it.
   *
   * @param put takes the operations that are not in their places yet
   * @param emptied takes what is in places that stay empty
   */
  void becomes(OperationWindow next, Places put, Places emptied) {
    if (next.log == log && next.to >= to) {
      // Each new one takes an empty place, or that of one that was forgotten for it.
      for (int at = to; at < next.to; at++) {
        put.at(next.place(at), log.get(at));
      }
      return;
    }
    @Nullable Operation[] kept = byPlace();
    @Nullable Operation[] wanted = next.byPlace();
    for (int place = 0; place < OPERATIONS_MAX; place++) {
      Operation former = kept[place];
      Operation present = wanted[place];
      if (present != null && !present.equals(former)) {
        put.at(place, present);
      } else if (present == null && former != null) {
        emptied.at(place, former);
      }
    }
  }

  /** Tells of all that is kept of this window. */
  void forEach(Places each) {
    for (int at = from; at < to; at++) {
      each.at(place(at), log.get(at));
    }
  }

  private int place(int at) {
    return (place + at) % OPERATIONS_MAX;
  }

  private @Nullable Operation[] byPlace() {
    @Nullable Operation[] places = new @Nullable Operation[OPERATIONS_MAX];
    forEach((place, operation) -> places[place] = operation);
    return places;
  }
}
