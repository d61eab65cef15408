package org.ringoverlay.console.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringoverlay.Route;
import org.ringoverlay.console.gateway.FakeBackend;
import org.ringoverlay.console.node.RunningNode;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;

/** The live view in a real browser, on real nodes. */
@Timeout(120)
class LivePageIT extends ServedPage {
  private static final String HOSTILE = "<img src=x onerror=\"document.title='taken'\">";

  @Test
  void joinsAndDeparturesAreShownAsTheyHappenAndAKeyWithItsWay() throws Exception {
    for (int i = 0; i < 4; i++) {
      node("n" + i);
    }
    String page = "http://" + nodes.get(0).http() + "/";
    try (var browser = browser()) {
      browser.look(1280, 900, false);
      browser.open(page);
      browser.await(alive(4));
      browser.await("document.getElementById('connection').dataset.state === 'live'");
      assertThat(browser.value("document.title").as(String.class)).isEqualTo("pages – Ring");
      assertThat(browser.value("document.querySelectorAll('#arcs .arc').length"))
          .isEqualTo(Json.of(4));

      RunningNode fifth = node("n4");
      browser.await(alive(5));
      String id = fifth.ring().id().toString();
      browser.await(
          "[...document.querySelectorAll('#timeline li.joined')].some(line =>"
              + " line.querySelector('.who').dataset.node === '"
              + id
              + "')");

      // Until the ring has made its copies, which the page shows as they are.
      browser.value(
          "(async () => { for (let turn = 0; turn < 1000; turn++) { const owner = await (await"
              + " fetch('/v1/owner/some%2Fkey%20%C3%BC')).json(); if (owner.replicas.length === 3)"
              + " return true; await new Promise(done => setTimeout(done, 20)); } return false;"
              + " })()");
      browser.value("document.getElementById('key').focus()");
      browser.type("some/key ü");
      browser.press("Enter", 13);
      browser.await("document.querySelectorAll('#key-layer .halo.daddy').length === 1");
      Json owner =
          browser.value("fetch('/v1/owner/some%2Fkey%20%C3%BC').then(answer => answer.json())");
      String shown = browser.value("document.getElementById('key-result').innerText").toString();
      assertThat(shown)
          .contains(owner.at("/id").orElseThrow().as(String.class))
          .contains(owner.at("/daddy").orElseThrow().as(String.class).substring(0, 8));
      assertThat(browser.value("document.querySelectorAll('#key-layer .halo').length"))
          .isEqualTo(Json.of(3));
      keep(browser, "key");

      nodes.remove(fifth);
      fifth.close();
      browser.await(alive(4));
      browser.await("document.querySelectorAll('#timeline li.left').length === 1");
      assertThat(browser.value("document.querySelectorAll('#ghosts .ghost.left').length"))
          .isEqualTo(Json.of(1));
      assertThat(browser.complaints()).isEmpty();
      assertThat(browser.requests())
          .isNotEmpty()
          .allSatisfy(url -> assertThat(url).startsWith(page));
    }
  }

  @Test
  void aHostileNameStaysAName() throws Exception {
    node("first");
    RunningNode hostile = node(HOSTILE);
    try (var browser = browser()) {
      browser.open(
          "http://" + nodes.get(0).http() + "/#key=" + "%3Cscript%3Ealert(1)%3C/script%3E");
      browser.await(alive(2));
      browser.value("document.getElementById('circle').focus()");
      // Each press is seen to have been heard before the next one.
      for (Member member : nodes.get(0).ring().view().members()) {
        browser.press("ArrowRight", 39);
        browser.await(selected() + " === 'node-" + member.id() + "'");
        if (member.id().equals(hostile.ring().id())) {
          break;
        }
      }
      browser.await("document.getElementById('node-result').innerText.includes('onerror')");
      assertThat(browser.value("document.querySelectorAll('main img, main script').length"))
          .isEqualTo(Json.of(0));
      assertThat(browser.value("document.title").as(String.class)).isEqualTo("pages – Ring");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void twoHundredNodesAndManyEventsAreShownAndWhatTheySayIsNotObeyed() throws Exception {
    var backend = new FakeBackend();
    var members = new ArrayList<Member>();
    for (int i = 0; i < 200; i++) {
      MemberState state =
          i % 50 == 7 ? MemberState.SUSPECT : i % 50 == 9 ? MemberState.JOINING : MemberState.ALIVE;
      members.add(
          new Member(
              i == 0 ? FakeBackend.NODE : Id.of("member " + i),
              1,
              i == 3 ? HOSTILE : "127.0.0.1:" + (7_000 + i),
              "javascript:document.title='taken'//:80",
              Map.of(HOSTILE, HOSTILE),
              List.of(),
              state));
    }
    members.sort(Comparator.comparing(Member::id));
    backend.members = members;
    try (var gateway = gateway("127.0.0.1:0");
        var browser = browser()) {
      gateway.serve(backend);
      browser.look(1280, 900, false);
      browser.open("http://" + gateway.address() + "/#key=k");
      browser.await("document.querySelectorAll('#nodes > g').length === 200");
      browser.await(alive(192));
      for (int i = 0; i < 3_000; i++) {
        backend
            .events()
            .memberChanged(
                FakeBackend.NODE,
                new MemberEvent(members.get(i % 200), MemberState.JOINING, HOSTILE + i));
      }
      browser.await("document.getElementById('timeline').innerText.includes('2999')");
      assertThat(
              browser.value("document.getElementById('timeline').childElementCount").as(int.class))
          .isLessThanOrEqualTo(500);
      browser.value("document.getElementById('circle').focus()");
      browser.press("End", 35);
      browser.await("document.getElementById('node-result').innerText.includes('javascript:')");
      keep(browser, "two-hundred");
      browser.look(390, 844, true);
      browser.await(
          "Math.abs(document.getElementById('circle').style.getPropertyValue('--u')"
              + " * document.getElementById('circle').getBoundingClientRect().width - 240) < 1");
      keep(browser, "two-hundred-phone");
      assertThat(browser.value("document.querySelectorAll('main a, main img').length"))
          .isEqualTo(Json.of(0));
      assertThat(browser.value("document.title").as(String.class)).isEqualTo("ring – Ring");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void aNodeThatKnowsOnlySomeOfTheRingDrawsWhomAKeyNeedsAllTheSame() throws Exception {
    var backend = new FakeBackend();
    backend.knowOnly(9);
    Id far = Id.of("far");
    Id farther = Id.of("farther");
    backend.way =
        List.of(
            new Route.Hop(FakeBackend.NODE, 12),
            new Route.Hop(far, 1_234),
            new Route.Hop(farther, 5_678));
    try (var gateway = gateway("127.0.0.1:0");
        var browser = browser()) {
      gateway.serve(backend);
      browser.look(1280, 900, false);
      browser.open("http://" + gateway.address() + "/#key=k");
      browser.await(alive(10));
      browser.await("document.querySelectorAll('#nodes .node.unknown').length === 2");
      assertThat(text(browser, "sizes"))
          .contains("about " + backend.view().sizeEstimate() + " in all");
      assertThat(
              browser.value(
                  "[...document.querySelectorAll('#nodes .label.unknown')].map(one =>"
                      + " one.textContent).sort().join()"))
          .isEqualTo(
              Json.of(
                  Stream.of(far, farther)
                      .map(Id::shortString)
                      .sorted()
                      .collect(Collectors.joining(","))));
      // Each hop is an arrow with its number, in the order of the way.
      assertThat(
              browser.value(
                  "document.querySelectorAll('#key-layer .way').length + ' '"
                      + " + [...document.querySelectorAll('#key-layer .hop')].map(one =>"
                      + " one.textContent).join()"))
          .isEqualTo(Json.of("2 1,2"));
      assertThat(text(browser, "key-result"))
          .containsSubsequence(far.shortString(), "in 1.2 ms", farther.shortString(), "in 5.7 ms");
      keep(browser, "way");
    }
  }

  @Test
  void whatOnePeerRepeatsIsOneLineWithACount() throws Exception {
    var backend = new FakeBackend();
    try (var gateway = gateway("127.0.0.1:0");
        var browser = browser()) {
      gateway.serve(backend);
      for (int i = 0; i < 2; i++) {
        backend.events().refusedFrame("127.0.0.1:1", "too long by " + i);
        backend.events().slowHandler("echo", 300_000_000, "");
      }
      browser.open("http://" + gateway.address() + "/");
      browser.await("document.querySelectorAll('#timeline li').length === 2");
      assertThat(text(browser, "timeline"))
          .contains("127.0.0.1:1 (2 times)")
          .contains("echo (2 times)");
    }
  }

  @Test
  void aTouchMeansTheNearestNode() throws Exception {
    for (int i = 0; i < 3; i++) {
      node("n" + i);
    }
    try (var browser = browser()) {
      browser.open("http://" + nodes.get(0).http() + "/");
      browser.await(alive(3));
      String id = nodes.get(1).ring().id().toString();
      // Twelve pixels outside its middle, seen from the centre: no other node can be nearer.
      browser.value(
          "{ const circle = document.getElementById('circle');"
              + " const all = circle.getBoundingClientRect();"
              + " const box = document.querySelector('#node-"
              + id
              + " .node').getBoundingClientRect();"
              + " const x = box.x + box.width / 2, y = box.y + box.height / 2;"
              + " const dx = x - all.x - all.width / 2, dy = y - all.y - all.height / 2;"
              + " const out = 12 / Math.hypot(dx, dy);"
              + " circle.dispatchEvent(new MouseEvent('click', {clientX: x + dx * out,"
              + " clientY: y + dy * out, bubbles: true})); }");
      browser.await("document.getElementById('node-result').innerText.includes('" + id + "')");
    }
  }

  @Test
  void theKeyboardGoesAroundTheCircle() throws Exception {
    for (int i = 0; i < 3; i++) {
      node("n" + i);
    }
    try (var browser = browser()) {
      browser.open("http://" + nodes.get(0).http() + "/");
      browser.await(alive(3));
      List<String> order =
          nodes.get(0).ring().view().members().stream()
              .map(member -> "node-" + member.id())
              .toList();
      browser.value("document.getElementById('circle').focus()");
      browser.press("End", 35);
      browser.await(selected() + " === '" + order.get(2) + "'");
      browser.press("ArrowRight", 39);
      browser.await(selected() + " === '" + order.get(0) + "'");
      browser.press("ArrowLeft", 37);
      browser.await(selected() + " === '" + order.get(2) + "'");
      browser.press("Home", 36);
      browser.await(selected() + " === '" + order.get(0) + "'");
      assertThat(
              browser.value(
                  "document.getElementById('circle').getAttribute('aria-activedescendant')"))
          .isEqualTo(Json.of(order.get(0)));
    }
  }

  @Test
  void aPhoneNeedsNotScrollSideways() throws Exception {
    node("n");
    try (var browser = browser()) {
      for (boolean dark : new boolean[] {false, true}) {
        browser.look(390, 844, dark);
        browser.open("http://" + nodes.get(0).http() + "/#key=" + "k".repeat(500));
        browser.await(alive(1));
        browser.await("document.querySelectorAll('#key-layer .halo.daddy').length === 1");
        assertThat(browser.value("document.documentElement.scrollWidth")).isEqualTo(Json.of(390));
        keep(browser, "phone-" + (dark ? "dark" : "light"));
      }
    }
  }
}
