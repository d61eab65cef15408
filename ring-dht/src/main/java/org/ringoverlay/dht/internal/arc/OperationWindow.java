package org.ringoverlay.dht.internal.arc;

import java.util.Arrays;
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
  static final int ID_CHARS_MAX = 130;

  /** A log holds up to 32 operations that its newest window shows no more. */
  private static final int LOG_MAX = OPERATIONS_MAX + 32;

  static final OperationWindow EMPTY = of(List.of(), 0);

  /** Tells of the place of an operation, and of the operation. */
  interface Places {
    void at(int place, Operation operation);
  }

  private final Log log;
  private final int from;
  private final int to;

  /** The version of the newest operation that came before the log and is remembered no more. */
  private final long before;

  private OperationWindow(Log log, int from, int to, long before) {
    this.log = log;
    this.from = from;
    this.to = to;
    this.before = before;
  }

  /** Operations that are only ever added to. */
  private static final class Log {
    private Operation[] operations;

    /** Of their IDs, so that a search comes by without looking at each. */
    private int[] hashes;

    private int size;

    /** The place of the first. */
    private final int place;

    Log(Operation[] operations, int place) {
      this.place = place % OPERATIONS_MAX;
      this.operations = operations;
      this.hashes = new int[operations.length];
      for (Operation operation : operations) {
        hashes[size++] = operation.id().hashCode();
      }
    }

    void add(Operation operation) {
      if (size == operations.length) {
        int larger = Math.min(LOG_MAX, 2 * size);
        operations = Arrays.copyOf(operations, larger);
        hashes = Arrays.copyOf(hashes, larger);
      }
      operations[size] = operation;
      hashes[size] = operation.id().hashCode();
      size++;
    }
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
    Operation[] kept = operations.subList(from, operations.size()).toArray(Operation[]::new);
    return new OperationWindow(
        new Log(kept, place + from), 0, kept.length, Math.max(forgotten, newest));
  }

  /** The window with one more operation, and without its oldest if it was full. */
  OperationWindow plus(Operation operation) {
    int start = Math.max(from, to + 1 - OPERATIONS_MAX);
    boolean added = to < log.size && log.operations[to].equals(operation);
    if (!added && (to < log.size || to == LOG_MAX || to == 0)) {
      // Another window went on with the log, or it is full, or it is that of all empty windows.
      Operation[] kept = Arrays.copyOfRange(log.operations, start, to + 1);
      kept[to - start] = operation;
      return new OperationWindow(
          new Log(kept, log.place + start), 0, kept.length, newestBefore(start));
    }
    if (!added) {
      log.add(operation);
    }
    return new OperationWindow(log, start, to + 1, before);
  }

  /** The operation with this ID, if it is remembered. The newest is looked at first. */
  @Nullable Operation find(String id) {
    int hash = id.hashCode();
    for (int at = to - 1; at >= from; at--) {
      if (log.hashes[at] == hash && log.operations[at].id().equals(id)) {
        return log.operations[at];
      }
    }
    return null;
  }

  /** The version of the newest operation that is remembered no more, 0 if all are. */
  long forgotten() {
    return newestBefore(from);
  }

  private long newestBefore(int start) {
    return start == 0 ? before : Math.max(before, log.operations[start - 1].version());
  }

  List<Operation> list() {
    return List.of(Arrays.copyOfRange(log.operations, from, to));
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
        put.at(next.place(at), log.operations[at]);
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
      each.at(place(at), log.operations[at]);
    }
  }

  private int place(int at) {
    return (log.place + at) % OPERATIONS_MAX;
  }

  private @Nullable Operation[] byPlace() {
    @Nullable Operation[] places = new @Nullable Operation[OPERATIONS_MAX];
    forEach((place, operation) -> places[place] = operation);
    return places;
  }
}
