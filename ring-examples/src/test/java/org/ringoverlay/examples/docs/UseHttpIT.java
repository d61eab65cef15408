package org.ringoverlay.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.ringoverlay.console.Main;
import org.ringoverlay.examples.Program;

/** Every curl command of the how-to works, in the page's order, against a fresh node. */
class UseHttpIT {
  private static final Path PAGE = Path.of("docs", "how-to", "use-http.md");
  private static final String PAGES_GATEWAY = "http://127.0.0.1:8400";
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void everyCommandWorks() throws Exception {
    List<String> commands =
        Pages.blocks(PAGE).stream()
            .flatMap(block -> block.text().lines())
            .filter(line -> line.startsWith("curl "))
            .toList();
    assertThat(commands).hasSizeGreaterThan(8);
    try (Program node =
        Program.start(Main.class, "node", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0")) {
      String gateway = "http://" + node.awaitLine("ready .* http=(\\S+) .*").group(1);
      for (String command : commands) {
        run(command, gateway);
      }
    }
  }

  private void run(String command, String gateway) throws IOException, InterruptedException {
    List<String> words = words(command);
    String method = "GET";
    String body = "";
    String url = "";
    var request = HttpRequest.newBuilder();
    boolean stream = false;
    for (int i = 1; i < words.size(); i++) {
      switch (words.get(i)) {
        case "-i" -> {}
        case "-N" -> stream = true;
        case "-X" -> method = words.get(++i);
        case "-H" -> {
          String[] header = words.get(++i).split(": ", 2);
          request.header(header[0], header[1]);
        }
        case "-d" -> {
          body = words.get(++i);
          method = method.equals("GET") ? "POST" : method;
          request.header("Content-Type", "application/x-www-form-urlencoded");
        }
        default -> url = words.get(i);
      }
    }
    assertThat(url).as(command).startsWith(PAGES_GATEWAY);
    request
        .uri(URI.create(url.replace(PAGES_GATEWAY, gateway)))
        .method(method, HttpRequest.BodyPublishers.ofString(body));
    HttpResponse<InputStream> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String first = lines.readLine();
      assertThat(response.statusCode()).as("%s → %s", command, first).isBetween(200, 299);
      if (stream) {
        assertThat(first).isEqualTo("event: ready");
      }
    }
  }

  private static List<String> words(String command) {
    var words = new ArrayList<String>();
    Matcher matcher = WORD.matcher(command);
    while (matcher.find()) {
      words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
    }
    return words;
  }
}
