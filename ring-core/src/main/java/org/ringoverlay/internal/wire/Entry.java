package org.ringoverlay.internal.wire;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberState;

/**
 * A fact about a member: its card, and how it is seen.
 *
 * <p>From the wire each of them may be null, and the state is where a newer node names one that
 * this node does not know: such a fact is left out, and the others of its message count.
 *
 * @param card a {@link MemberCard} as its member wrote it
 * @param version raised by the member alone, each time it changes its card or refutes a suspicion
 * @param state how it is seen at that version
 * @param cause why whoever found it out says so, for people; absent if nobody said
 */
public record Entry(
    Json card,
    long version,
    @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL) MemberState state,
    @Nullable String cause) {
  /** Facts in one message at most. */
  static final int BATCH_COUNT_MAX = 500;

  /** Bytes of the facts in one message at most: well below any {@code ring.frame.max}. */
  static final int BATCH_BYTES_MAX = 256 * 1024;

  /** More than the names and numbers around a card and a cause take. */
  private static final int BYTES_BESIDE = 112;

  /** A fact without a reason. */
  public Entry(Json card, long version, MemberState state) {
    this(card, version, state, null);
  }

  /** Cuts facts into lists that one message each has room for; one empty list for none. */
  public static List<List<Entry>> batches(List<Entry> facts) {
    var batches = new ArrayList<List<Entry>>();
    int from = 0;
    int bytes = 0;
    for (int at = 0; at < facts.size(); at++) {
      int size = facts.get(at).bytesAtMost();
      if (at > from && (at - from == BATCH_COUNT_MAX || bytes + size > BATCH_BYTES_MAX)) {
        batches.add(facts.subList(from, at));
        from = at;
        bytes = 0;
      }
      bytes += size;
    }
    batches.add(facts.subList(from, facts.size()));
    return batches;
  }

  /** A character of a cause takes up to six bytes when it is escaped. */
  private int bytesAtMost() {
    return card.size() + BYTES_BESIDE + (cause == null ? 0 : 6 * cause.length());
  }
}
