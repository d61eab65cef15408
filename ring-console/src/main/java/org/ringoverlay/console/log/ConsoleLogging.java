package org.ringoverlay.console.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.ringoverlay.error.Printable;

/**
 * Sets logback up in code: to read and understand a file would be a part of every start.
 *
 * <p>The level is INFO for the project and WARN for everything else; the system property {@code
 * logging.level} changes the project's.
 */
public final class ConsoleLogging extends ContextAwareBase implements Configurator {
  private static final int MESSAGE_CHARS_MAX = 4_096;
  private static final int TRACE_LINES_MAX = 40;

  /** Made by logback. */
  public ConsoleLogging() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    var lines = new Lines();
    lines.setContext(context);
    lines.start();
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setTarget(ConsoleTarget.SystemErr.getName());
    appender.setEncoder(lines);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    context
        .getLogger("org.ringoverlay")
        .setLevel(Level.toLevel(System.getProperty("logging.level"), Level.INFO));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** One line an event, with its stack below if there is one. */
  private static final class Lines extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    @Override
    public byte[] headerBytes() {
      return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
      return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
      var line = new StringBuilder(160);
      TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
      String name = event.getLoggerName();
      line.append(' ')
          .append(event.getLevel())
          .append(event.getLevel().levelStr.length() < 5 ? "  " : " ")
          .append(name, name.lastIndexOf('.') + 1, name.length())
          .append(": ");
      int left = TRACE_LINES_MAX;
      String between = "";
      for (String part : event.getFormattedMessage().split("\n", TRACE_LINES_MAX)) {
        line.append(between).append(Printable.text(part, MESSAGE_CHARS_MAX)).append('\n');
        // What goes on below is indented, so that it cannot pass for another event.
        between = "    ";
      }
      for (IThrowableProxy thrown = event.getThrowableProxy();
          thrown != null && left > 0;
          thrown = thrown.getCause()) {
        line.append("  ").append(thrown.getClassName());
        if (thrown.getMessage() != null) {
          line.append(": ").append(Printable.text(thrown.getMessage(), MESSAGE_CHARS_MAX));
        }
        line.append('\n');
        for (StackTraceElementProxy at : thrown.getStackTraceElementProxyArray()) {
          if (left-- <= 0) {
            break;
          }
          line.append("    ").append(at).append('\n');
        }
      }
      return line.toString().getBytes(StandardCharsets.UTF_8);
    }
  }
}
