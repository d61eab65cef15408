package org.ringoverlay.examples.votes;

import static java.util.concurrent.CompletableFuture.completedStage;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;

/**
 * Counts votes: one for each voter and poll, at the root of the poll.
 *
 * <p>In memory, so a poll is lost with its root; a voter that may have been forgotten votes again.
 * What holds in all weather is that nobody is counted twice, however often a vote is repeated: the
 * count is of voters, and not of messages.
 */
public final class Votes implements RingService<Votes.Vote> {
  /** The service's name. */
  public static final String NAME = "votes";

  private final Map<String, TreeSet<String>> votersByPoll = new TreeMap<>();

  /** Makes the service of one node. */
  public Votes() {}

  /** A vote, sent to the ID of the poll. */
  public record Vote(String poll, String voter) {}

  /** How many voters the poll has now. */
  public record Counted(int voters) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<Vote> requestType() {
    return Vote.class;
  }

  @Override
  public CompletionStage<?> handle(Vote vote, Context context) {
    if (vote.voter().isBlank()) {
      return context.refuse("say who votes");
    }
    TreeSet<String> voters = votersByPoll.computeIfAbsent(vote.poll(), poll -> new TreeSet<>());
    voters.add(vote.voter());
    return completedStage(new Counted(voters.size()));
  }
}
