package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.Facts.fact;
import static org.ringoverlay.internal.fake.Facts.node;
import static org.ringoverlay.internal.fake.FakeLoop.MILLIS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.fake.FakeLoop;
import org.ringoverlay.internal.fake.FakePost;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

class JoiningTest {
  private static final Id SELF = node(100);
  private static final String IDENTITY = "0".repeat(32);

  private final class Ears implements Joining.Listener, ViewListener {
    final List<String> dialled = new ArrayList<>();
    final List<RingException> failures = new ArrayList<>();
    int admitted;
    int joined;

    @Override
    public void dialSeed(String address) {
      dialled.add(address);
    }

    @Override
    public void admitted(LinkMessage.Joined message) {
      admitted++;
    }

    @Override
    public void joined() {
      joined++;
      assertThat(membership.stateOf(SELF)).isEqualTo(MemberState.ALIVE);
    }

    @Override
    public void failed(RingException why) {
      failures.add(why);
    }

    @Override
    public void memberChanged(MemberEvent event) {}

    @Override
    public void viewChanged(RingView before, RingView after) {}

    @Override
    public void givenUp() {}

    @Override
    public void trouble(String what) {}

    @Override
    public void superseded(String why) {
      throw new AssertionError(why);
    }
  }

  private final FakeLoop loop = new FakeLoop(1);
  private final FakePost post = new FakePost();
  private final Ears ears = new Ears();
  private final Membership membership =
      new Membership(
          SELF,
          Arcs.standard(),
          new Membership.Limits(100, 100, 2, 2),
          post,
          loop,
          loop,
          loop,
          ears);

  private final Settling settling = new Settling(membership, 2, 200 * MILLIS, post, loop, loop);

  private Joining joining(String... seeds) {
    MemberCard card = Facts.card(SELF, 1);
    membership.introduce(card, Json.of(card));
    var joining =
        new Joining(
            new Joining.Limits(3_000 * MILLIS, 1_000 * MILLIS),
            Arrays.asList(seeds),
            membership,
            post,
            loop,
            loop,
            loop,
            settling,
            ears);
    joining.start();
    return joining;
  }

  /** The seed is at its address, and its answer comes. */
  private static void admit(Joining joining, LinkMessage.Joined answer) {
    joining.seedLinked("127.0.0.1:1", node(1));
    joining.joined(node(1), answer);
  }

  private static LinkMessage.Joined letIn(int... places) {
    var entries = new ArrayList<Entry>();
    for (int place : places) {
      entries.add(fact(node(place), 1, MemberState.ALIVE));
    }
    return new LinkMessage.Joined(IDENTITY, 12, entries, null);
  }

  private long roundAsked(int place) {
    var asked = post.to(node(place), LinkMessage.Settle.class);
    return asked.get(asked.size() - 1).round();
  }

  private void agree(int place, Entry... around) {
    settling.settled(
        node(place), new LinkMessage.Settled(roundAsked(place), List.of(around), null, null));
  }

  @Test
  void silentSeedsAreAllTriedAndNamedInTheEnd() {
    joining("127.0.0.1:1", "127.0.0.1:2");
    loop.advance(2_999 * MILLIS);
    assertThat(ears.failures).isEmpty();
    loop.advance(1_001 * MILLIS);
    assertThat(ears.dialled).containsExactly("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:1");
    assertThat(ears.failures).hasSize(1).hasOnlyElementsOfType(RingException.Unavailable.class);
    assertThat(ears.failures.get(0).getMessage())
        .contains("127.0.0.1:1: no answer", "127.0.0.1:2: no answer", "3000 ms");
    loop.advance(60_000 * MILLIS);
    assertThat(ears.failures).hasSize(1);
    assertThat(loop.waiting()).isZero();
  }

  @Test
  void seedsThatRefuseTheConnectionAreTriedAgainAfterABreath() {
    Joining joining = joining("127.0.0.1:1", "127.0.0.1:2");
    while (ears.failures.isEmpty()) {
      int dialled = ears.dialled.size();
      joining.seedFailed(ears.dialled.get(dialled - 1), new RingException.NoRoute("refused"));
      loop.advance(150 * MILLIS);
    }
    assertThat(ears.dialled.size()).as("not in a hurry").isBetween(20, 60);
    assertThat(ears.failures.get(0)).isInstanceOf(RingException.Unavailable.class);
    assertThat(ears.failures.get(0).getMessage()).contains("refused");
  }

  @Test
  void rejectionByEverySeedIsIncompatibleAtOnce() {
    Joining joining = joining("127.0.0.1:1", "127.0.0.1:2");
    joining.seedFailed("127.0.0.1:1", new RingException.Incompatible("of ring 'a'"));
    assertThat(ears.failures).as("another seed may be right").isEmpty();
    loop.turn();
    joining.seedFailed("127.0.0.1:2", new RingException.Incompatible("of ring 'b'"));
    assertThat(ears.failures).hasSize(1).hasOnlyElementsOfType(RingException.Incompatible.class);
    assertThat(ears.failures.get(0).getMessage()).contains("of ring");
    loop.advance(60_000 * MILLIS);
    assertThat(ears.dialled).hasSize(2);
  }

  @Test
  void oneSeedThatRejectsTwiceDoesNotSpeakForTheOther() {
    Joining joining = joining("127.0.0.1:1", "127.0.0.1:2");
    joining.seedFailed("127.0.0.1:1", new RingException.Incompatible("other ring"));
    loop.turn();
    joining.seedFailed("127.0.0.1:2", new RingException.NoRoute("not there yet"));
    loop.advance(150 * MILLIS);
    joining.seedFailed("127.0.0.1:1", new RingException.Incompatible("other ring"));
    assertThat(ears.failures).isEmpty();
  }

  @Test
  void seedThatIsNotReadyIsAskedAgain() {
    Joining joining = joining("127.0.0.1:1");
    joining.seedLinked("127.0.0.1:1", node(1));
    assertThat(post.to(node(1), LinkMessage.Join.class)).hasSize(1);
    joining.notReady(node(1), "JOINING");
    loop.advance(150 * MILLIS);
    assertThat(ears.dialled).hasSize(2);
    joining.seedLinked("127.0.0.1:1", node(1));
    admit(joining, letIn(1));
    assertThat(ears.admitted).isEqualTo(1);
  }

  @Test
  void theWholeLeafSetMustAgreeOnItBeforeItIsReady() {
    Joining joining = joining("127.0.0.1:1");
    admit(joining, letIn(1, 2, 200));
    assertThat(membership.stateOf(SELF)).isEqualTo(MemberState.JOINING);
    assertThat(post.to(node(1), LinkMessage.Settle.class)).as("not the nearest").isEmpty();
    agree(2);
    assertThat(membership.stateOf(SELF)).isEqualTo(MemberState.JOINING);
    agree(200);
    assertThat(membership.stateOf(SELF)).as("announced").isEqualTo(MemberState.ALIVE);
    assertThat(ears.joined).as("not ready before they have heard so").isZero();
    for (int place : new int[] {1, 2}) {
      agree(place);
    }
    assertThat(ears.joined).isZero();
    agree(200);
    assertThat(ears.joined).isEqualTo(1);
    assertThat(
            post.to(node(2), LinkMessage.Settle.class).stream()
                .map(settle -> settle.self().state()))
        .containsExactly(MemberState.JOINING, MemberState.ALIVE);
  }

  @Test
  void whoJoinsBesideItMustAgreeToo() {
    Joining joining = joining("127.0.0.1:1");
    admit(joining, letIn(1, 200));
    agree(1, fact(node(90), 1, MemberState.JOINING));
    agree(200);
    agree(1);
    agree(200);
    assertThat(ears.joined).as("the other newcomer does not know of this one").isZero();
    agree(90);
    assertThat(ears.joined).isEqualTo(1);
  }

  @Test
  void twoAreAskedAtFirstAndTwoMoreForEachAnswerSoThatTheLaterNeedNotNameWhatTheFirstNamed() {
    Membership.Limits wide = new Membership.Limits(100, 100, 16, 4);
    var wideMembership = new Membership(SELF, Arcs.standard(), wide, post, loop, loop, loop, ears);
    MemberCard card = Facts.card(SELF, 1);
    wideMembership.introduce(card, Json.of(card));
    var entries = new ArrayList<Entry>();
    for (int place = 1; place <= 20; place++) {
      entries.add(fact(node(place), 1, MemberState.ALIVE));
    }
    wideMembership.apply(entries, "told");
    var wideSettling = new Settling(wideMembership, 16, 200 * MILLIS, post, loop, loop);
    var done = new ArrayList<String>();
    wideSettling.begin(3_000 * MILLIS, () -> done.add("agreed"), done::add);
    int asked = 2;
    assertThat(post.all(LinkMessage.Settle.class)).hasSize(asked);
    for (int at = 0; at < 20; at++) {
      FakePost.Letter letter =
          post.letters.stream()
              .filter(each -> each.message() instanceof LinkMessage.Settle)
              .skip(at)
              .findFirst()
              .orElseThrow();
      wideSettling.settled(letter.to(), new LinkMessage.Settled(1, List.of(), null, null));
      asked = Math.min(20, asked + 2);
      assertThat(post.all(LinkMessage.Settle.class)).hasSize(asked);
    }
    assertThat(done).containsExactly("agreed");
  }

  @Test
  void aloneWithNobodyAliveItIsReadyAtOnce() {
    Joining joining = joining("127.0.0.1:1");
    admit(joining, letIn());
    assertThat(ears.joined).isEqualTo(1);
  }

  @Test
  void closerNeighbourThatIsFoundInBetweenIsAskedToo() {
    Joining joining = joining("127.0.0.1:1");
    admit(joining, letIn(1, 50, 150, 200));
    assertThat(post.to(node(50), LinkMessage.Settle.class)).hasSize(1);
    agree(50, fact(node(99), 1, MemberState.ALIVE));
    assertThat(post.to(node(99), LinkMessage.Settle.class)).isNotEmpty();
    agree(150);
    assertThat(membership.stateOf(SELF)).as("99 has not agreed").isEqualTo(MemberState.JOINING);
    agree(99);
    assertThat(membership.stateOf(SELF)).isEqualTo(MemberState.ALIVE);
  }

  @Test
  void agreementOfAnEarlierRoundDoesNotCount() {
    Joining joining = joining("127.0.0.1:1");
    admit(joining, letIn(1));
    long first = roundAsked(1);
    agree(1);
    settling.settled(node(1), new LinkMessage.Settled(first, List.of(), null, null));
    assertThat(ears.joined).isZero();
    agree(1);
    assertThat(ears.joined).isEqualTo(1);
  }

  @Test
  void neighbourThatDoesNotAnswerIsAskedAgainUntilItIsDead() {
    Joining joining = joining("127.0.0.1:1");
    admit(joining, letIn(1, 2));
    agree(1);
    loop.advance(1_000 * MILLIS);
    assertThat(post.to(node(2), LinkMessage.Settle.class)).hasSize(6);
    assertThat(post.to(node(1), LinkMessage.Settle.class)).as("it has agreed").hasSize(1);
    membership.suspect(node(2), "silent");
    loop.advance(200 * MILLIS);
    agree(1);
    agree(1);
    assertThat(ears.joined).isEqualTo(1);
  }

  @Test
  void whoHearsThatItIsHeldDeadSettlesAgainUnderANewVersion() {
    admit(joining("127.0.0.1:1"), letIn(1));
    agree(1);
    long version = membership.selfEntry().version();
    agree(1, fact(SELF, version, MemberState.DEAD));
    assertThat(ears.joined).isZero();
    assertThat(membership.selfEntry().version()).isGreaterThan(version);
    agree(1);
    assertThat(ears.joined).isEqualTo(1);
  }

  @Test
  void whatComesTooLateOrUnaskedChangesNothing() {
    Joining joining = joining("127.0.0.1:1");
    settling.settled(node(1), new LinkMessage.Settled(1, List.of(), null, null));
    admit(joining, letIn());
    admit(joining, letIn(1, 2));
    joining.seedFailed("127.0.0.1:1", new RingException.Incompatible("late"));
    joining.notReady(node(1), "JOINING");
    settling.settled(node(1), new LinkMessage.Settled(1, List.of(), null, null));
    loop.advance(60_000 * MILLIS);
    assertThat(ears.joined).isEqualTo(1);
    assertThat(ears.admitted).isEqualTo(1);
    assertThat(ears.failures).isEmpty();
  }

  @Test
  void cancelledJoinSaysNothingMore() {
    Joining joining = joining("127.0.0.1:1");
    joining.cancel();
    loop.advance(60_000 * MILLIS);
    admit(joining, letIn());
    assertThat(ears.failures).isEmpty();
    assertThat(ears.joined).isZero();
    assertThat(loop.waiting()).isZero();
  }

  @Test
  void isNotLetInByWhoeverWasNotAsked() {
    Joining joining = joining("127.0.0.1:1");
    joining.joined(node(66), letIn(66));
    joining.seedLinked("127.0.0.1:1", node(1));
    joining.notReady(node(66), "go away");
    joining.joined(node(66), letIn(66));
    assertThat(ears.admitted).isZero();
    assertThat(membership.stateOf(node(66))).isNull();
    joining.joined(node(1), letIn(1));
    assertThat(ears.admitted).isEqualTo(1);
  }
}
