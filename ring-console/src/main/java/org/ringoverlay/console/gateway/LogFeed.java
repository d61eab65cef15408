package org.ringoverlay.console.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.events.EventLog;
import org.ringoverlay.console.json.JsonObject;

/** The ring's events as the text of a stream. Nothing is queued: the log has them for everybody. */
final class LogFeed implements Feed {
  private final EventLog.Reader reader;

  LogFeed(EventLog.Reader reader) {
    this.reader = reader;
  }

  @Override
  public byte[] begin(Runnable waker) {
    reader.open(waker);
    return ("event: ready\nid: " + reader.position() + "\ndata: {}\n\n").getBytes(US_ASCII);
  }

  @Override
  public byte @Nullable [] take() {
    EventLog.Item item = reader.take();
    if (item == null) {
      return null;
    }
    if (item instanceof EventLog.Item.Event event) {
      byte[] head = ("id: " + event.id() + "\ndata: ").getBytes(US_ASCII);
      byte[] text = new byte[head.length + event.json().length + 2];
      System.arraycopy(head, 0, text, 0, head.length);
      System.arraycopy(event.json(), 0, text, head.length, event.json().length);
      text[text.length - 2] = '\n';
      text[text.length - 1] = '\n';
      return text;
    }
    var data = new JsonObject();
    if (item instanceof EventLog.Item.Gap gap) {
      data.put("from", gap.from()).put("to", gap.to());
    }
    return ("event: gap\ndata: " + data + "\n\n").getBytes(US_ASCII);
  }

  @Override
  public void written(byte[] event) {}

  @Override
  public boolean isOver() {
    return false;
  }

  @Override
  public void cancel() {
    reader.close();
  }
}
