package org.ringoverlay.console.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringoverlay.console.gateway.FakeBackend;
import org.ringoverlay.console.node.RunningNode;
import org.ringoverlay.error.RingException;

/** The live view of a node that goes, comes back, or is stuck. */
@Timeout(120)
class PageInTroubleIT extends ServedPage {
  @Test
  void aPageWhoseNodeWasStartedAgainSaysSoAndGoesOn() throws Exception {
    try (var browser = browser()) {
      String address;
      try (var gateway = gateway("127.0.0.1:0")) {
        var backend = new FakeBackend();
        gateway.serve(backend);
        address = gateway.address();
        browser.open("http://" + address + "/");
        backend.events().trouble(FakeBackend.NODE, "of the first life");
        browser.await("document.querySelectorAll('#timeline li.trouble').length === 1");
      }
      browser.await(isConnected("lost"));
      try (var gateway = gateway(address)) {
        var backend = new FakeBackend(8);
        backend.events().trouble(FakeBackend.NODE, "of the second life");
        gateway.serve(backend);
        browser.await(isConnected("live"));
        browser.await("document.querySelectorAll('#timeline li.trouble').length === 2");
        assertThat(
                browser
                    .value("document.querySelector('#timeline li.gap').innerText")
                    .as(String.class))
            .contains("started again");
      }
    }
  }

  @Test
  void aNodeThatComesBackAsAnotherOneIsShownAsThatOne() throws Exception {
    node("stays");
    RunningNode first = node("first");
    String address = first.http();
    try (var browser = browser()) {
      browser.open("http://" + address + "/");
      browser.await("document.querySelector('#node-" + first.ring().id() + " .label.self')");
      nodes.remove(first);
      first.close();
      browser.await(isConnected("lost"));
      RunningNode second = node("second", address);
      browser.await("document.querySelector('#node-" + second.ring().id() + " .label.self')");
      browser.await(isConnected("live"));
      browser.await("document.querySelectorAll('#timeline li.gap').length === 1");
    }
  }

  @Test
  void aNodeThatComesToAHaltIsNoticedAlthoughItsConnectionsStand() throws Exception {
    var backend = new FakeBackend();
    var goesOn = new CountDownLatch(1);
    try (var gateway = gateway("127.0.0.1:0");
        var browser = browser()) {
      gateway.serve(backend);
      browser.open("http://" + gateway.address() + "/#key=k");
      browser.await(isConnected("live"));
      // All that was asked for has come, so that nothing but the page's own care is left.
      browser.await(alive(1));
      browser.await("document.querySelectorAll('#key-layer .halo.daddy').length === 1");
      backend.halt = goesOn;
      browser.await(isConnected("lost"));
      assertThat(text(browser, "connection"))
          .startsWith("The node does not answer. What is shown is as of ")
          .endsWith("Trying again.");
      assertThat(browser.value("document.querySelectorAll('.stale #circle').length").as(int.class))
          .isOne();
      // What was found of the key stays to be read.
      assertThat(text(browser, "key-result")).contains(FakeBackend.NODE.shortString());
      backend.halt = null;
      goesOn.countDown();
      browser.await(isConnected("live"));
      // The stream lives too.
      backend.events().trouble(FakeBackend.NODE, "after the halt");
      browser.await("document.querySelectorAll('#timeline li.trouble').length === 1");
    } finally {
      goesOn.countDown();
    }
  }

  @Test
  void aKeyWithoutAWayShowsItsDaddyAndWhyAndIsAskedForAgain() throws Exception {
    var backend = new FakeBackend();
    backend.wayFailure = new RingException.NoRoute("Node x is hop 1 of the way and did not say");
    try (var gateway = gateway("127.0.0.1:0");
        var browser = browser()) {
      gateway.serve(backend);
      browser.open("http://" + gateway.address() + "/#key=k");
      browser.await("document.querySelectorAll('#key-layer .halo.daddy').length === 1");
      assertThat(text(browser, "key-result"))
          .contains("Node x is hop 1 of the way")
          .contains(FakeBackend.NODE.shortString());
      backend.wayFailure = null;
      browser.await("document.querySelectorAll('#key-result ol li').length === 1");
      assertThat(text(browser, "key-result")).doesNotContain("Node x");
    }
  }
}
