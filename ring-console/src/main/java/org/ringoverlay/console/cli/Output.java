package org.ringoverlay.console.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that remembers why it failed, which a {@code PrintStream} alone keeps to itself.
 */
final class Output extends FilterOutputStream {
  private @Nullable IOException failure;

  Output(OutputStream out) {
    super(out);
  }

  /** Where commands print: JSON is UTF-8 whatever the locale says. */
  PrintStream printer() {
    return new PrintStream(this, true, StandardCharsets.UTF_8);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException failed) {
      throw remember(failed);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException failed) {
      throw remember(failed);
    }
  }

  private IOException remember(IOException failed) {
    if (failure == null) {
      failure = failed;
    }
    return failed;
  }

  /**
   * Why what was printed is not where it should be; null if it is, or if the reader of a pipe had
   * enough and went.
   */
  @Nullable String loss() {
    IOException failed = failure;
    if (failed == null) {
      return null;
    }
    String why = String.valueOf(failed.getMessage());
    return why.toLowerCase(Locale.ROOT).contains("pipe") ? null : why;
  }
}
