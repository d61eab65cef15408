package org.ringoverlay.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.RingService;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.RingView;

/**
 * Looks at the nodes of a ring from outside and holds the invariants of rings.
 *
 * <p>After an event only the node on that event's host can have changed, so only that one is looked
 * at, and its view only when it is another than before.
 */
final class RingWatch {
  static final String VIEWS_ARE_SANE = "a view is sorted, without doubles, and holds its node";
  static final String ROOTS_PARTITION = "nodes that agree on the members divide the circle";
  static final String HANDLED_ONCE = "a handler gets a request once";

  /** What can be seen of a node from outside. */
  interface Subject {
    Id id();

    boolean isReady();

    RingView view();
  }

  private static final class Seen {
    final Host host;
    final Subject subject;
    @Nullable RingView checked;
    @Nullable RingView compared;
    boolean ready;
    List<Id> members = List.of();

    Seen(Host host, Subject subject) {
      this.host = host;
      this.subject = subject;
    }
  }

  private final Engine engine;
  private final TreeMap<Integer, Seen> nodes = new TreeMap<>();
  private @Nullable String handledTwice;

  RingWatch(Simulation simulation, Engine engine) {
    this.engine = engine;
    simulation
        .invariant(VIEWS_ARE_SANE, world -> lastSeen().ifPresent(RingWatch::checkView))
        .invariant(ROOTS_PARTITION, world -> lastSeen().ifPresent(this::checkRoots))
        .invariant(HANDLED_ONCE, world -> checkHandledOnce());
  }

  /** Watches a host's node from now on, instead of the one watched there before. */
  void watch(Host host, Subject subject) {
    nodes.put(host.index, new Seen(host, subject));
  }

  /** Watches a host's node no more. */
  void forget(Host host) {
    nodes.remove(host.index);
  }

  private Optional<Seen> lastSeen() {
    Host host = engine.lastHost();
    return host == null ? Optional.empty() : Optional.ofNullable(nodes.get(host.index));
  }

  private static void checkView(Seen seen) {
    RingView view = seen.subject.view();
    if (view == seen.checked || !seen.subject.isReady()) {
      return;
    }
    seen.checked = view;
    Id self = seen.subject.id();
    require(view.self().equals(self), seen, "holds the view of another node");
    require(view.find(self).isPresent(), seen, "does not see itself");
    Id before = null;
    for (Member member : view.members()) {
      require(
          before == null || before.compareTo(member.id()) < 0,
          seen,
          "sees " + member.id() + " out of order or twice");
      before = member.id();
    }
  }

  private void checkRoots(Seen changed) {
    RingView view = changed.subject.view();
    boolean ready = changed.subject.isReady();
    if (view == changed.compared && ready == changed.ready) {
      return;
    }
    changed.ready = ready;
    if (view != changed.compared) {
      changed.compared = view;
      changed.members = view.alive().stream().map(Member::id).toList();
    }
    if (!ready) {
      return;
    }
    var ranges = new ArrayList<IdRange>();
    int agreeing = 0;
    for (Seen other : nodes.values()) {
      RingView theirs = other.compared;
      if (other.ready && theirs != null && other.members.equals(changed.members)) {
        agreeing++;
        Optional<IdRange> range = theirs.rootRange();
        if (other != changed && range.isPresent()) {
          requireDisjoint(changed, other, range.get());
        }
        range.ifPresent(ranges::add);
      }
    }
    if (agreeing == changed.members.size()) {
      requireCover(changed, ranges);
    }
  }

  private static void requireDisjoint(Seen changed, Seen other, IdRange theirs) {
    Optional<IdRange> ours = changed.subject.view().rootRange();
    require(
        ours.isEmpty() || !ours.get().intersects(theirs),
        changed,
        "and " + other.host.name() + " agree on the members and are both root in " + theirs);
  }

  private static void requireCover(Seen changed, List<IdRange> ranges) {
    ranges.sort(Comparator.comparing(IdRange::from));
    require(!ranges.isEmpty(), changed, "agrees with all others and nobody is root of anything");
    for (int i = 0; i < ranges.size(); i++) {
      IdRange range = ranges.get(i);
      IdRange next = ranges.get((i + 1) % ranges.size());
      require(
          range.isFull() ? ranges.size() == 1 : range.to().equals(next.from()),
          changed,
          "agrees with all others and nobody is root between "
              + range.to()
              + " and "
              + next.from());
    }
  }

  private static void require(boolean holds, Seen seen, String wrong) {
    if (!holds) {
      throw new AssertionError(
          seen.host.name() + " " + wrong + ": " + describe(seen.subject.view()));
    }
  }

  private void checkHandledOnce() {
    if (handledTwice != null) {
      throw new AssertionError(handledTwice);
    }
  }

  <Q> RingService<Q> counted(Host host, RingService<Q> service) {
    return new CountedService<>(
        service,
        request ->
            handledTwice =
                service.name() + " on " + host.name() + " was given request " + request + " twice");
  }

  /** An observer that puts what a node learns of others into the trace. */
  RingObserver tracer(Host host) {
    return new RingObserver() {
      @Override
      public void memberChanged(Id node, MemberEvent event) {
        long digest =
            Trace.digest(event.cause())
                ^ event.member().id().hashCode() * 31L
                ^ Trace.digest(event.member().state().name());
        engine.trace.add(engine.now(), Trace.Kind.NOTE, host, null, 0, digest, new Change(event));
      }

      @Override
      public void trouble(Id node, String what) {
        engine.trace.add(
            engine.now(), Trace.Kind.NOTE, host, null, 0, Trace.digest(what), "trouble: " + what);
      }

      @Override
      public void refusedFrame(String remote, String reason) {
        String text = "refuses a frame of " + remote + ": " + reason;
        engine.trace.add(engine.now(), Trace.Kind.NOTE, host, null, 0, Trace.digest(text), text);
      }
    };
  }

  private record Change(MemberEvent event) {
    @Override
    public String toString() {
      Member member = event.member();
      return "sees "
          + member.address()
          + " "
          + event.before()
          + " -> "
          + member.state()
          + ": "
          + event.cause();
    }
  }

  /** The members of a view with their states, for a failure's message. */
  static String describe(RingView view) {
    var text = new StringBuilder("view ").append(view.version()).append(" [");
    String separator = "";
    for (Member member : view.members()) {
      text.append(separator).append(member.address()).append(' ').append(member.state());
      separator = ", ";
    }
    return text.append(']').toString();
  }

  /** Where the nodes stand, for a failure's message. */
  String state() {
    var text = new StringBuilder();
    for (Seen seen : nodes.values()) {
      text.append(seen.host.name()).append(seen.subject.isReady() ? " ready, " : " not ready, ");
      text.append(describe(seen.subject.view())).append('\n');
    }
    return text.toString();
  }
}
