package org.ringoverlay.internal.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.ringoverlay.error.Printable;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.internal.call.ByteService;
import org.ringoverlay.internal.call.Calls;
import org.ringoverlay.internal.call.Services;
import org.ringoverlay.internal.link.Links;
import org.ringoverlay.internal.membership.ViewListener;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what membership finds out to links, services, calls and the observer. On the loop. */
final class ViewDispatch implements ViewListener {
  private static final Logger LOG = LoggerFactory.getLogger(ViewDispatch.class);

  private final Id self;
  private final Links links;
  private final Services services;
  private final Calls calls;
  private final RingObserver observer;
  private final Runnable givenUp;
  private final Consumer<String> superseded;

  /** Members whose calls go elsewhere as soon as the view says where. */
  private final List<Id> doubted = new ArrayList<>();

  ViewDispatch(
      Id self,
      Links links,
      Services services,
      Calls calls,
      RingObserver observer,
      Runnable givenUp,
      Consumer<String> superseded) {
    this.self = self;
    this.links = links;
    this.services = services;
    this.calls = calls;
    this.observer = observer;
    this.givenUp = givenUp;
    this.superseded = superseded;
  }

  @Override
  public void memberChanged(MemberEvent event) {
    Id member = event.member().id();
    MemberState now = event.member().state();
    LOG.debug("{}: {} is {}: {}", self, member, now, event.cause());
    observer.memberChanged(self, event);
    if (now == MemberState.SUSPECT || !now.isPresent()) {
      doubted.add(member);
    }
    if (!now.isPresent() && !member.equals(self)) {
      links.drop(member, "it is " + now);
    }
  }

  /** Services hear of the view first, so that what they are asked again they judge by it. */
  @Override
  public void viewChanged(RingView before, RingView after) {
    observer.viewChanged(after);
    Optional<IdRange> had = before.rootRange();
    Optional<IdRange> has = after.rootRange();
    List<IdRange> lost = difference(had, has);
    List<IdRange> gained = difference(has, had);
    for (ByteService service : services.all()) {
      tell(service, lost, gained, after);
    }
    List<Id> rerouted = List.copyOf(doubted);
    doubted.clear();
    rerouted.forEach(calls::doubt);
  }

  /** A service that throws at a change of the ring fails alone. */
  private void tell(ByteService service, List<IdRange> lost, List<IdRange> gained, RingView after) {
    try {
      lost.forEach(service::lost);
      gained.forEach(service::gained);
      service.changed(after);
    } catch (RuntimeException thrown) {
      observer.trouble(
          self,
          "service '"
              + service.name()
              + "' threw when it was told of a change of the ring: "
              + Printable.text(thrown.toString(), 200));
    }
  }

  private static List<IdRange> difference(Optional<IdRange> of, Optional<IdRange> minus) {
    if (of.isEmpty()) {
      return List.of();
    }
    return minus.isEmpty() ? List.of(of.get()) : of.get().minus(minus.get());
  }

  @Override
  public void givenUp() {
    givenUp.run();
  }

  @Override
  public void trouble(String what) {
    observer.trouble(self, what);
  }

  @Override
  public void superseded(String why) {
    LOG.error("node {} stops: {}", self, why);
    observer.trouble(self, why);
    superseded.accept(why);
  }
}
