package org.ringoverlay.lab.planted.internal.call;

import java.util.concurrent.Executors;

/** Leaves the loop. */
public final class StartsAThread {
  private StartsAThread() {}

  static void start(Runnable work) throws InterruptedException {
    new Thread(work).start();
    Thread.sleep(1);
    Executors.newCachedThreadPool().execute(work);
  }
}
