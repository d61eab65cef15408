package org.ringoverlay.pubsub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.pubsub.RootRequest.Graft;
import org.ringoverlay.pubsub.RootRequest.Grafted;
import org.ringoverlay.pubsub.RootRequest.Outcome;
import org.ringoverlay.pubsub.RootRequest.Place;
import org.ringoverlay.pubsub.RootRequest.Verdict;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.RingView;

/**
 * Keeps this node's places at the roots of its topics: takes them, renews them, moves them to a new
 * root as soon as the view has one, gives them up.
 *
 * <p>Places with one root travel together. What did not succeed is tried again shortly, for as long
 * as the node wants it. On the loop.
 */
final class Grafts {
  private final Ring ring;
  private final Pace pace;
  private final LinkedHashMap<String, LocalTopic> topics = new LinkedHashMap<>();
  private final LinkedHashSet<LocalTopic> due = new LinkedHashSet<>();
  private boolean cycling;
  private boolean retrying;
  private boolean renewing;

  Grafts(Ring ring, Pace pace) {
    this.ring = ring;
    this.pace = pace;
  }

  @Nullable LocalTopic find(String name) {
    return topics.get(name);
  }

  LocalTopic make(String name) {
    return topics.computeIfAbsent(name, made -> new LocalTopic(made, Id.of(made)));
  }

  List<LocalTopic> all() {
    return List.copyOf(topics.values());
  }

  /** The node wants something else of the topic's root. Told at the end of this turn. */
  void changed(LocalTopic topic) {
    due.add(topic);
    soon();
    if (!renewing) {
      renewing = true;
      pace.afterRenewal(this::renew);
    }
    if (topic.isEmpty()) {
      pace.after(pace.leaseNanos(), () -> giveUp(topic));
    }
  }

  /** The ring has changed: what has another root now goes there at once. */
  void changed(RingView view) {
    for (LocalTopic topic : topics.values()) {
      Member root = view.root(topic.id());
      if (root != null && topic.wasAskedElsewhere(root.id(), root.incarnation())) {
        due.add(topic);
      }
    }
    if (!due.isEmpty()) {
      soon();
    }
  }

  private void soon() {
    if (!cycling) {
      cycling = true;
      ring.scheduler().execute(this::cycle);
    }
  }

  private void renew() {
    renewing = false;
    if (topics.isEmpty()) {
      return;
    }
    due.addAll(topics.values());
    renewing = true;
    pace.afterRenewal(this::renew);
    soon();
  }

  private void retry() {
    if (!retrying) {
      retrying = true;
      pace.afterRetry(
          () -> {
            retrying = false;
            soon();
          });
    }
  }

  private void cycle() {
    cycling = false;
    if (due.isEmpty()) {
      return;
    }
    if (!ring.isReady()) {
      retry();
      return;
    }
    RingView view = ring.view();
    var byRoot = new TreeMap<Id, List<LocalTopic>>();
    for (LocalTopic topic : new ArrayList<>(due)) {
      Member root = view.root(topic.id());
      if (root == null) {
        retry();
        continue;
      }
      if (topic.isAsking(root.id(), root.incarnation())) {
        // Its answer comes or fails; a change made meanwhile goes with the next attempt.
        if (topic.isAskingAll(root.id(), root.incarnation())) {
          due.remove(topic);
        }
        continue;
      }
      due.remove(topic);
      byRoot.computeIfAbsent(root.id(), unused -> new ArrayList<>()).add(topic);
    }
    for (Map.Entry<Id, List<LocalTopic>> entry : byRoot.entrySet()) {
      Member root = view.find(entry.getKey()).orElseThrow();
      List<LocalTopic> all = entry.getValue();
      for (int from = 0; from < all.size(); from += Graft.PLACES_MAX) {
        ask(root, all.subList(from, Math.min(all.size(), from + Graft.PLACES_MAX)));
      }
    }
  }

  private void ask(Member root, List<LocalTopic> asked) {
    var places = new ArrayList<Place>(asked.size());
    var attempts = new ArrayList<Long>(asked.size());
    for (LocalTopic topic : asked) {
      places.add(topic.place());
      attempts.add(topic.ask(root.id(), root.incarnation()));
    }
    var options =
        AskOptions.defaults().within(Duration.ofNanos(pace.renewNanos())).directly().reading();
    ring.call(RootRequest.SERVICE, root.id(), new Graft(places), Grafted.class, options)
        .whenComplete(
            (answer, error) -> {
              List<Outcome> outcomes = error == null ? answer.value().outcomes() : List.of();
              for (int i = 0; i < asked.size(); i++) {
                LocalTopic topic = asked.get(i);
                if (topic.isCurrent(attempts.get(i))) {
                  answered(topic, i < outcomes.size() ? outcomes.get(i) : null);
                }
              }
            });
  }

  private void answered(LocalTopic topic, @Nullable Outcome outcome) {
    if (outcome == null || outcome.verdict() == Verdict.NOT_ROOT) {
      topic.askedInVain();
      due.add(topic);
      retry();
      return;
    }
    if (outcome.verdict() == Verdict.REFUSED) {
      topic.refused(new RingException.Refused(outcome.reason()));
    } else {
      topic.grafted(outcome);
    }
    if (topic.isEmpty() && topic.isConfirmed()) {
      topics.remove(topic.name(), topic);
      due.remove(topic);
    } else if (!topic.isConfirmed()) {
      due.add(topic);
      if (outcome.verdict() == Verdict.REFUSED) {
        retry();
      } else {
        soon();
      }
    }
  }

  /**
   * Nobody could be told for as long as the lease: by now the root has dropped the place anyway.
   */
  private void giveUp(LocalTopic topic) {
    if (topic.isEmpty() && topics.remove(topic.name(), topic)) {
      due.remove(topic);
      topic.endWaiters(
          new RingException.Timeout("The root of the topic could not be told in time."));
    }
  }
}
