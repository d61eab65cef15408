package org.ringoverlay.internal.fake;

import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;

/** Keeps what it hears, in the order of the events, one line each. */
public final class FakeObserver implements RingObserver {
  public final List<String> heard = new ArrayList<>();

  @Override
  public void handled(Id node, String service, String outcome, long nanos) {
    heard.add("handled " + service + " " + outcome);
  }

  @Override
  public void repeated(Id node, String service) {
    heard.add("repeated " + service);
  }

  @Override
  public void retried(Id node, String service, Id target, int attempt) {
    heard.add("retried " + attempt);
  }

  @Override
  public void strayReply(Id node, Id from) {
    heard.add("stray " + from.shortString());
  }

  @Override
  public void trouble(Id node, String what) {
    heard.add("trouble " + what);
  }

  /** How many events of a kind there were. */
  public long count(String kind) {
    return heard.stream().filter(event -> event.startsWith(kind)).count();
  }
}
