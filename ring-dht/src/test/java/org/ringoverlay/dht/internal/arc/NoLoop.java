package org.ringoverlay.dht.internal.arc;

import java.util.concurrent.CompletionStage;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Timer;

/** A loop on which nothing must be run, unless a subclass says how. */
class NoLoop implements Scheduler {

  @Override
  public boolean onLoop() {
    return true;
  }

  @Override
  public boolean execute(Runnable task) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T await(CompletionStage<T> stage) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void handlerBegins(String service) {}

  @Override
  public void handlerEnds() {}
}
