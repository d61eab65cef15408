package org.ringoverlay.console.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A gateway that reads each request to its end, answers as it was told to, and hangs up. */
public final class FakeGateway implements AutoCloseable {
  private final ServerSocket server;
  private final List<String> answers;
  private final boolean ends;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /**
   * Starts one that answers always the same.
   *
   * @param answer what it says, byte for byte; empty to hang up without a word
   */
  public FakeGateway(String answer) throws IOException {
    this(List.of(answer), false);
  }

  /** Starts one that says each of these once, in this order, and is gone with the last. */
  public static FakeGateway ofOnly(String... answers) throws IOException {
    return new FakeGateway(List.of(answers), true);
  }

  private FakeGateway(List<String> answers, boolean ends) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.answers = answers;
    this.ends = ends;
    var thread = new Thread(this::serve, "fake-gateway");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (true) {
      try (Socket socket = server.accept()) {
        answer(socket);
      } catch (IOException gone) {
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  private void answer(Socket socket) throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    String first = line(in);
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    in.readNBytes(length);
    requests.add(first);
    String answer = answers.get(ends ? requests.size() - 1 : 0);
    if (ends && requests.size() == answers.size()) {
      // Before the last answer, so that whoever has that finds nobody.
      server.close();
    }
    socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("the request broke off");
      }
      line.append((char) b);
    }
    return line.toString().strip();
  }

  /** The first lines of the requests that came. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Its URL. */
  public String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
