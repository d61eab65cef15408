package org.ringoverlay.console.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.console.gateway.Gateway;
import org.ringoverlay.console.gateway.GatewaySettings;
import org.ringoverlay.console.node.NodeOptions;
import org.ringoverlay.console.node.RunningNode;
import org.ringoverlay.settings.Settings;

/** Real nodes, or a gateway of its own, and a browser to look at them. */
class ServedPage {
  Path program;

  @TempDir Path temp;
  final List<RunningNode> nodes = new ArrayList<>();

  @BeforeEach
  void find() {
    assumeTrue(Browser.find().isPresent(), "needs browser");
    program = Browser.find().orElseThrow();
  }

  @AfterEach
  void close() {
    nodes.forEach(RunningNode::close);
  }

  RunningNode node(String label) {
    return node(label, "127.0.0.1:0");
  }

  RunningNode node(String label, String http) {
    RunningNode node =
        RunningNode.start(
            new NodeOptions(
                "127.0.0.1:0",
                http,
                "",
                "",
                "pages",
                nodes.isEmpty() ? List.of() : List.of(nodes.get(0).ring().address()),
                Map.of("name", label),
                false,
                true,
                Map.of(),
                List.of()));
    nodes.add(node);
    return node;
  }

  Browser browser() throws Exception {
    return new Browser(program, temp);
  }

  static String alive(int count) {
    return "document.querySelectorAll('#nodes .node.alive').length === " + count;
  }

  static String text(Browser browser, String id) throws Exception {
    return browser.value("document.getElementById('" + id + "').innerText").as(String.class);
  }

  static String isConnected(String state) {
    return "document.getElementById('connection').dataset.state === '" + state + "'";
  }

  static String selected() {
    return "document.querySelector('#nodes [aria-selected=true]').id";
  }

  void keep(Browser browser, String name) throws Exception {
    String directory = System.getProperty("ringtest.pictures");
    if (directory != null) {
      Files.write(Path.of(directory, name + ".png"), browser.picture());
    }
  }

  static Gateway gateway(String address) {
    return Gateway.bind(address, Settings.defaults(GatewaySettings.ALL));
  }
}
