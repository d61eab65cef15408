package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Copy;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Fingerprint;
import org.ringoverlay.dht.internal.wire.Print;
import org.ringoverlay.dht.internal.wire.Span;
import org.ringoverlay.error.RingException;
import org.ringoverlay.spi.Scheduler;

/**
 * Tells what this node holds, value by value, for a verification. It reads all of it, so it does a
 * part in each turn of the loop, and no more than so many answers at once. On the loop.
 */
final class Inspector {
  private static final int ANSWERS_MAX = 32;
  private static final long BYTES_IN_TURN_MAX = 256 << 10;
  private static final long ARC_BYTES = 256;
  private static final int PRINTS_MAX = 1_000;

  private final Shelf shelf;
  private final Scheduler scheduler;
  private int answers;

  Inspector(Shelf shelf, Scheduler scheduler) {
    this.shelf = shelf;
    this.scheduler = scheduler;
  }

  /**
   * What this node holds of some arcs, those of which it has ever heard.
   *
   * @throws RingException.Refused if too many answers are under way
   */
  CompletionStage<CopyReply> inspect(CopyRequest.Inspect request, int arcs) {
    if (answers >= ANSWERS_MAX) {
      throw new RingException.Refused(
          "This node answers " + answers + " verifications already; try again later.");
    }
    answers++;
    var answer = new Answer(Span.set(request.arcs(), arcs));
    answer.turn();
    return answer.told.whenComplete((told, failed) -> answers--);
  }

  /** What it holds of keys of one arc, or of all keys after one: as many as fit, at least one. */
  CopyReply.InspectedKeys inspect(CopyRequest.InspectKeys request, long bytesMax) {
    NavigableMap<String, Register> registers = shelf.registers(request.arc());
    var prints = new ArrayList<Print>();
    long store = shelf.self().store();
    if (!request.keys().isEmpty()) {
      for (String key : request.keys()) {
        Register register = registers.get(key);
        if (register != null) {
          prints.add(print(key, register));
        }
      }
      return new CopyReply.InspectedKeys(store, prints, false);
    }
    long read = 0;
    long bytes = 0;
    for (Map.Entry<String, Register> each : registers.tailMap(request.after(), false).entrySet()) {
      Print print = print(each.getKey(), each.getValue());
      read += Digest.bytes(each.getValue());
      bytes += print.sizeBytesMax();
      boolean full =
          prints.size() == PRINTS_MAX || bytes > bytesMax || read > 4 * BYTES_IN_TURN_MAX;
      if (full && !prints.isEmpty()) {
        return new CopyReply.InspectedKeys(store, prints, true);
      }
      prints.add(print);
    }
    return new CopyReply.InspectedKeys(store, prints, false);
  }

  private static Print print(String key, Register register) {
    return new Print(key, register.version(), Digest.of(key, register));
  }

  /** One answer on its way. */
  private final class Answer {
    private final BitSet left;
    private final List<Copy> copies = new ArrayList<>();
    private final CompletableFuture<CopyReply> told = new CompletableFuture<>();

    /** How far the first of the arcs that are left has been read. */
    private String after = "";

    private long records;
    private Fingerprint sum = Fingerprint.NOTHING;

    Answer(BitSet arcs) {
      this.left = arcs;
    }

    private void turn() {
      long bytes = 0;
      while (!left.isEmpty()) {
        int arc = left.nextSetBit(0);
        Configuration configuration = shelf.configuration(arc);
        bytes += ARC_BYTES;
        for (Map.Entry<String, Register> each :
            shelf.registers(arc).tailMap(after, false).entrySet()) {
          if (bytes > BYTES_IN_TURN_MAX) {
            scheduler.execute(this::turn);
            return;
          }
          bytes += Digest.bytes(each.getValue());
          sum = sum.plus(Digest.of(each.getKey(), each.getValue()));
          records++;
          after = each.getKey();
        }
        if (configuration != null) {
          copies.add(new Copy(arc, configuration, records, sum));
        }
        left.clear(arc);
        after = "";
        records = 0;
        sum = Fingerprint.NOTHING;
      }
      told.complete(new CopyReply.Inspected(shelf.self().store(), copies));
    }
  }
}
