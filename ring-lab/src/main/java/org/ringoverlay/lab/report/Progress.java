package org.ringoverlay.lab.report;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Says each second how far a run is, from a thread of its own, so that no step is silent. */
public final class Progress {
  private static final long EVERY_MILLIS = 900;

  private final @Nullable PrintStream out;
  private final long begun = System.nanoTime();
  private final Thread thread = new Thread(this::sayOn, "progress");
  private volatile String what = "begins";

  /** Begins to say; to nobody if it is null. */
  public Progress(@Nullable PrintStream out) {
    this.out = out;
    thread.setDaemon(true);
    thread.start();
  }

  /** What is going on now. */
  public void now(String doing) {
    what = doing;
  }

  /** Says a line at once. */
  public void say(String line) {
    PrintStream to = out;
    if (to != null) {
      to.println("… " + (System.nanoTime() - begun) / 1_000_000_000 + " s: " + line);
    }
  }

  private void sayOn() {
    PrintStream to = out;
    try {
      while (to != null) {
        Thread.sleep(EVERY_MILLIS);
        to.println("… " + (System.nanoTime() - begun) / 1_000_000_000 + " s: " + what);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says no more. */
  public void end() {
    thread.interrupt();
  }
}
