package org.ringoverlay.console.demo;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ringoverlay.error.Printable;

/**
 * Prints the demo: steps with their times, aligned, and a sign of life while something takes long.
 */
final class Stage {
  private static final long SILENT_MILLIS_MAX = 800;
  private static final int LINE_CHARS = 90;

  private final PrintStream out;
  private final boolean colours;
  private final ExecutorService work =
      Executors.newCachedThreadPool(
          task -> {
            var thread = new Thread(task, "demo-work");
            thread.setDaemon(true);
            return thread;
          });
  private int step;
  private String doing = "begin";

  Stage(PrintStream out, boolean colours) {
    this.out = out;
    this.colours = colours;
  }

  /** The step that is being done, for the error if it fails. */
  String doing() {
    return doing;
  }

  void title(String text) {
    out.println(paint("1", text));
    out.println();
    out.flush();
  }

  /** Begins a step. */
  void begin(String name) {
    doing = name;
  }

  /** Says what a step did. */
  void done(String what, long nanos) {
    step++;
    print(paint("1", pad(String.format(Locale.ROOT, "%2d  %s", step, doing), 24)), what, 24, nanos);
  }

  /** Says that a step cannot be done yet. */
  void skipped(String name, String why) {
    step++;
    out.println(paint("2", pad(String.format(Locale.ROOT, "%2d  %s", step, name), 24) + why));
    out.flush();
  }

  /** Adds a line to a step. */
  void detail(String what) {
    out.println(" ".repeat(24) + Printable.text(what, 400));
    out.flush();
  }

  /** Adds a line with a time to a step. */
  void detail(String what, long nanos) {
    print(" ".repeat(24), what, 24, nanos);
  }

  private void print(String head, String what, int headChars, long nanos) {
    String text = Printable.text(what, 400);
    String time = time(nanos);
    int gap = LINE_CHARS + 12 - headChars - text.length() - time.length();
    out.println(head + text + " ".repeat(Math.max(2, gap)) + paint("36", time));
    out.flush();
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }

  void failed(String what) {
    out.println(paint("1;31", "failed in step '" + doing + "': ") + Printable.text(what, 1_000));
    out.flush();
  }

  /** Does something while it says every moment that it is still at it. */
  <T> T doing(String what, Callable<T> task) throws Exception {
    long began = System.nanoTime();
    Future<T> future = work.submit(task);
    while (true) {
      try {
        return future.get(SILENT_MILLIS_MAX, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        out.println(
            paint("2", " ".repeat(24) + "… " + what + ", " + time(System.nanoTime() - began)));
        out.flush();
      } catch (ExecutionException failed) {
        if (failed.getCause() instanceof Exception cause) {
          throw cause;
        }
        throw failed;
      }
    }
  }

  /** Does something beside. */
  void beside(Runnable task) {
    work.execute(task);
  }

  static String time(long nanos) {
    double millis = nanos / 1e6;
    return millis < 100
        ? String.format(Locale.ROOT, "%.1f ms", millis)
        : millis < 1_000
            ? String.format(Locale.ROOT, "%.0f ms", millis)
            : String.format(Locale.ROOT, "%.2f s", millis / 1_000);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private String paint(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
