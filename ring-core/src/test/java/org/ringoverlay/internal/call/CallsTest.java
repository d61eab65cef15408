package org.ringoverlay.internal.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.FakeLoop.MILLIS;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.error.RingException.Refused;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.fake.FakeLoop;
import org.ringoverlay.internal.fake.FakeObserver;
import org.ringoverlay.internal.fake.FakeWay;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.spi.Connection;

class CallsTest {
  private static final Id SELF = Facts.node(1);
  private static final Id ROOT = Facts.node(2);
  private static final Id THIRD = Facts.node(3);
  private static final Id TARGET = Facts.node(200);
  private static final CallOptions WRITE = new CallOptions(1_000 * MILLIS, false, false, false);
  private static final CallOptions READ = new CallOptions(1_000 * MILLIS, false, true, false);
  private static final CallOptions DIRECT = new CallOptions(1_000 * MILLIS, true, false, false);

  private final FakeLoop loop = new FakeLoop(1);
  private final FakeWay way = new FakeWay();
  private final FakeObserver observer = new FakeObserver();
  private final Calls calls = calls(3);
  private final List<Object> ends = new ArrayList<>();
  private final long startedAt = loop.nanos();

  /** Whether the last call ended with a reply while no attempt was silent. */
  private boolean conclusive;

  CallsTest() {
    way.hop = ROOT;
  }

  private Calls calls(int openMax) {
    return new Calls(
        SELF,
        4,
        new Calls.Limits(openMax, 100 * MILLIS, 400 * MILLIS, 16),
        way,
        loop,
        loop,
        loop,
        observer);
  }

  private void call(CallOptions options) {
    calls.call("echo", TARGET, "{}".getBytes(UTF_8), options, this::ended);
  }

  private void ended(Reply reply, RingException error) {
    assertThat(reply == null).as("a reply or an error").isNotEqualTo(error == null);
    ends.add(reply == null ? error : new String(reply.array(), UTF_8));
    conclusive = reply != null && reply.conclusive();
  }

  private Envelope reply(Envelope request, Id from, String json) {
    return request.answer(Kind.REPLY, 0, from, json.getBytes(UTF_8));
  }

  private Envelope failure(Envelope request, Id from, int flags, RingException error) {
    return request.answer(Kind.FAILURE, flags, from, ErrorJson.toJson(error).bytes());
  }

  @Test
  void firstReplyEndsTheCallAndFurtherOnesAreStray() {
    call(WRITE);
    Envelope request = way.last();
    assertThat(request.kind()).isEqualTo(Kind.REQUEST);
    assertThat(request.hops()).isEqualTo(1);
    assertThat(request.incarnation()).isEqualTo(4);
    assertThat(request.microsLeft()).isEqualTo(1_000_000);
    calls.answered(reply(request, ROOT, "1"));
    calls.answered(reply(request, ROOT, "2"));
    calls.answered(reply(request, THIRD, "3"));
    loop.advance(5_000 * MILLIS);
    assertThat(ends).containsExactly("1");
    assertThat(observer.count("stray")).isEqualTo(2);
    assertThat(calls.openCount()).isZero();
    assertThat(loop.waiting()).as("no timer runs for nothing").isZero();
  }

  @Test
  void repliesThatNobodyAskedForAreStray() {
    call(WRITE);
    Envelope mine = way.last();
    var otherStart =
        new Calls(SELF, 5, new Calls.Limits(3, 1, 1, 16), way, loop, loop, loop, observer);
    otherStart.answered(reply(mine, ROOT, "1"));
    for (int i = 0; i < 1_000; i++) {
      calls.answered(
          new Envelope(
              Kind.REPLY,
              1,
              1,
              16,
              1,
              SELF,
              THIRD,
              4,
              1_000 + i,
              0,
              1,
              1,
              "echo",
              new byte[0],
              0,
              0));
    }
    assertThat(ends).isEmpty();
    assertThat(observer.count("stray")).isEqualTo(1_001);
  }

  @Test
  void aMillionRepliesThatNobodyAskedForAreCountedAndKeptNowhere() {
    call(WRITE);
    Envelope mine = way.last();
    Envelope guessed = reply(mine, THIRD, "1");
    long before = loop.waiting();
    for (int sequence = 2; sequence <= 1_000_001; sequence++) {
      calls.answered(changed(guessed, sequence, 1));
    }
    assertThat(observer.count("stray")).isEqualTo(1_000_000);
    assertThat(ends).isEmpty();
    assertThat(calls.openCount()).isEqualTo(1);
    assertThat(loop.waiting()).isEqualTo(before);
    calls.answered(reply(mine, ROOT, "true"));
    assertThat(ends).containsExactly("true");
  }

  /** The same answer to another request, or for other attempts. */
  private static Envelope changed(Envelope reply, long sequence, long attempts) {
    return new Envelope(
        reply.kind(),
        reply.flags(),
        reply.hops(),
        reply.hopsMax(),
        reply.requestHops(),
        reply.target(),
        reply.origin(),
        reply.incarnation(),
        sequence,
        0,
        attempts,
        reply.microsLeft(),
        reply.service(),
        reply.array(),
        reply.offset(),
        reply.length());
  }

  @Test
  void answerThatSpeaksForNoAttemptThatWasMadeIsStray() {
    call(WRITE);
    Envelope mine = way.last();
    for (long attempts : new long[] {0, 2, Envelope.ATTEMPTS_BEYOND, ~1L}) {
      calls.answered(changed(reply(mine, THIRD, "false"), mine.sequence(), attempts));
    }
    assertThat(ends).isEmpty();
    assertThat(observer.count("stray")).isEqualTo(4);

    way.outcome = Connection.Sent.CLOSED;
    call(WRITE);
    calls.answered(reply(way.last(), ROOT, "false"));
    assertThat(ends).as("it never left this node").isEmpty();
    assertThat(observer.count("stray")).isEqualTo(5);
  }

  @Test
  void answerOfAnotherServiceIsStray() {
    call(WRITE);
    Envelope mine = way.last();
    calls.call("other", TARGET, "{}".getBytes(UTF_8), WRITE, this::ended);
    Envelope other = way.last();
    assertThat(other.service()).isEqualTo("other");
    calls.answered(changed(reply(other, ROOT, "false"), mine.sequence(), 1));
    assertThat(ends).isEmpty();
    assertThat(observer.count("stray")).isEqualTo(1);
  }

  @Test
  void hopsThatSayAgainAndAgainThatNobodyAcknowledgedCostOneAttemptEach() {
    call(WRITE);
    Envelope first = way.last();
    var missed = new RingException.NoRoute("missed");
    int flags = Envelope.FROM_ROUTER | Envelope.UNACKNOWLEDGED;
    for (int i = 0; i < 1_000; i++) {
      calls.answered(failure(first, THIRD, flags, missed));
      calls.answered(failure(first, THIRD, flags, missed).speakingFor(-1L));
    }
    assertThat(way.sent).as("one more for the one that was missed").hasSize(2);
    for (int i = 0; i < 1_000; i++) {
      calls.answered(failure(way.last(), THIRD, flags, missed));
    }
    assertThat(way.sent).as("a hop that tells of each attempt").hasSizeLessThanOrEqualTo(64);
  }

  @Test
  void failureThatCannotBeReadIsNoWordThatNothingChanged() {
    byte[] newer = "{\"code\":\"half-done\",\"message\":\"some of it\"}".getBytes(UTF_8);
    for (byte[] json : List.of(newer, "{\"nothing\":1}".getBytes(UTF_8), new byte[] {'x'})) {
      call(WRITE);
      calls.answered(way.last().answer(Kind.FAILURE, 0, ROOT, json));
      call(READ);
      calls.answered(way.last().answer(Kind.FAILURE, 0, ROOT, json));
    }
    assertThat(ends).hasSize(6);
    for (int i = 0; i < 6; i += 2) {
      assertThat(ends.get(i)).isInstanceOf(RingException.OutcomeUnknown.class);
      assertThat(ends.get(i + 1)).isInstanceOf(RingException.Incompatible.class);
    }
  }

  @Test
  void requestThatIsTooLongForTheOnlyWayEndsInThat() {
    way.outcome = Connection.Sent.TOO_LONG;
    call(WRITE);
    loop.advance(2_000 * MILLIS);
    assertThat(ends).singleElement().isInstanceOf(RingException.InvalidInput.class);
    assertThat(((RingException) ends.get(0)).code()).isEqualTo("too-large");
  }

  @Test
  void directCallIsAnsweredByItsTargetAlone() {
    way.hop = TARGET;
    call(DIRECT);
    calls.answered(reply(way.last(), THIRD, "false"));
    calls.answered(failure(way.last(), THIRD, 0, new RingException.Refused("no")));
    assertThat(ends).isEmpty();
    assertThat(observer.count("stray")).isEqualTo(2);
    calls.answered(reply(way.last(), TARGET, "true"));
    assertThat(ends).containsExactly("true");
  }

  @Test
  void refusalOfTheNextRootDoesNotSpeakForTheFirst() {
    call(WRITE);
    way.hop = THIRD;
    calls.doubt(ROOT);
    calls.answered(failure(way.last(), THIRD, 0, new RingException.Refused("busy")));
    assertThat(ends).singleElement().isInstanceOf(RingException.OutcomeUnknown.class);
  }

  @Test
  void refusalOfASingleAttemptMeansThatNothingChangedWhoeverGivesIt() {
    call(WRITE);
    calls.answered(failure(way.last(), ROOT, 0, new RingException.Refused("busy")));
    call(WRITE);
    Envelope forwarded = way.last().forwarded().forwarded();
    calls.answered(failure(forwarded, THIRD, 0, new RingException.Refused("busy")));
    assertThat(ends).hasSize(2).hasOnlyElementsOfType(RingException.Refused.class);
  }

  @Test
  void refusalOfTheForwarderDoesNotSpeakForTheAttemptThatItPassedOn() {
    call(WRITE);
    loop.advance(200 * MILLIS);
    assertThat(way.sent).as("both attempts went to the same first hop").hasSize(2);
    calls.answered(failure(way.last(), ROOT, 0, new RingException.Refused("busy")));
    assertThat(ends).singleElement().isInstanceOf(RingException.OutcomeUnknown.class);
  }

  @Test
  void refusalThatSpeaksForAllAttemptsMeansThatNothingChanged() {
    call(WRITE);
    loop.advance(200 * MILLIS);
    Envelope first = way.sent.get(0).envelope();
    Envelope answer = failure(first, ROOT, 0, new RingException.Unavailable("no majority"));
    calls.answered(answer.speakingFor(way.last().attempts()));
    assertThat(ends).singleElement().isInstanceOf(RingException.Unavailable.class);
  }

  @Test
  void refusalsOfEachAttemptInTheirOrderMeanThatNothingChanged() {
    call(WRITE);
    loop.advance(200 * MILLIS);
    for (FakeWay.Sent sent : List.copyOf(way.sent)) {
      assertThat(ends).isEmpty();
      calls.answered(failure(sent.envelope(), ROOT, 0, new RingException.Refused("busy")));
    }
    assertThat(ends).singleElement().isInstanceOf(RingException.Refused.class);
  }

  @Test
  void replyIsConclusiveWhenEachAttemptHasBeenSpokenFor() {
    call(WRITE);
    calls.answered(reply(way.last(), ROOT, "1"));
    assertThat(conclusive).as("one attempt").isTrue();

    call(WRITE);
    way.hop = THIRD;
    calls.doubt(ROOT);
    calls.answered(reply(way.last(), THIRD, "2"));
    assertThat(conclusive).as("the first one may yet be run by the root of then").isFalse();

    way.hop = ROOT;
    call(WRITE);
    Envelope first = way.last();
    way.hop = THIRD;
    calls.doubt(ROOT);
    calls.answered(reply(first, THIRD, "3").speakingFor(way.last().attempts()));
    assertThat(conclusive).as("both came to the node that replied").isTrue();

    way.hop = ROOT;
    call(WRITE);
    RingException lost = new RingException.NoRoute("lost");
    calls.answered(failure(way.last(), THIRD, Envelope.FROM_ROUTER, lost));
    loop.advance(20 * MILLIS);
    calls.answered(reply(way.last(), ROOT, "4"));
    assertThat(conclusive).as("the overlay gave the first one back").isTrue();
    assertThat(ends).containsExactly("1", "2", "3", "4");
  }

  @Test
  void answerThatArrivesTwiceSpeaksForItsAttemptOnce() {
    call(WRITE);
    Envelope answer = failure(way.last(), ROOT, 0, new RingException.NotOwner("not I", null));
    way.hop = THIRD;
    calls.doubt(ROOT);
    calls.answered(answer);
    calls.answered(answer);
    assertThat(ends).as("the present root has it in work").isEmpty();
  }

  @Test
  void nothingButASuccessOrTheHandlersOwnFailureSpeaksForAnAttemptThatIsSilent() {
    for (RingException error :
        List.of(
            new RingException.Refused("busy"),
            new RingException.Timeout("late"),
            new RingException.NoRoute("no way"),
            new RingException.Unavailable("not now"),
            new RingException.NotOwner("not I", null),
            new RingException.Closed("stopping"),
            new RingException.Denied("no"),
            new RingException.InvalidInput("bad"),
            new RingException.Conflict("k", OptionalLong.empty(), OptionalLong.of(1), null, null),
            new RingException.Incompatible("older"),
            RingException.Incompatible.unknownService("no such service here"))) {
      way.hop = ROOT;
      call(WRITE);
      way.hop = THIRD;
      calls.doubt(ROOT);
      calls.answered(failure(way.last(), THIRD, 0, error));
      assertThat(ends).as(error.code()).last().isInstanceOf(RingException.OutcomeUnknown.class);
    }
  }

  @Test
  void attemptsBeyondTheirBitsAreNeverTakenForSpokenFor() {
    var patient = new CallOptions(3_000_000 * MILLIS, false, false, false);
    call(patient);
    for (int i = 1; i < 70; i++) {
      calls.doubt(ROOT);
    }
    assertThat(way.sent).hasSize(70);
    for (FakeWay.Sent sent : List.copyOf(way.sent)) {
      calls.answered(failure(sent.envelope(), ROOT, 0, new RingException.Refused("busy")));
    }
    assertThat(ends).singleElement().isInstanceOf(RingException.OutcomeUnknown.class);
  }

  @Test
  void attemptThatTheOverlayGaveBackIsMadeAgainSoonAndEachTimeLater() {
    call(new CallOptions(10_000 * MILLIS, false, false, false));
    loop.advance(2_500 * MILLIS);
    int before = way.sent.size();
    assertThat(before).as("the pauses have grown").isGreaterThan(5);
    long pause = 100 * MILLIS / 16;
    for (int i = 0; i < 7; i++) {
      RingException lost = new RingException.NoRoute("lost");
      calls.answered(failure(way.last(), THIRD, Envelope.FROM_ROUTER, lost));
      loop.advance(pause * 3 / 4 - 1);
      assertThat(way.sent).as("not at once").hasSize(before + i);
      loop.advance(pause / 2 + 10 * MILLIS);
      assertThat(way.sent).as("within the pause and its jitter").hasSize(before + i + 1);
      pause = Math.min(2 * pause, 100 * MILLIS);
    }
  }

  @Test
  void attemptsThatWereGivenBackDoNotMakeSilenceLonger() {
    call(new CallOptions(10_000 * MILLIS, false, false, false));
    for (int i = 0; i < 4; i++) {
      RingException lost = new RingException.NoRoute("lost");
      calls.answered(failure(way.last(), THIRD, Envelope.FROM_ROUTER, lost));
      loop.advance(75 * MILLIS);
    }
    assertThat(way.sent).hasSize(5);
    loop.advance(130 * MILLIS);
    assertThat(way.sent).as("the first silent attempt is followed as ever").hasSize(6);
  }

  @Test
  void attemptForWhichThereIsNoConnectionIsMadeAgainSoon() {
    way.outcome = Connection.Sent.CLOSED;
    call(WRITE);
    way.outcome = Connection.Sent.QUEUED;
    loop.advance(20 * MILLIS);
    assertThat(way.sent).hasSize(2);
  }

  @Test
  void firstAttemptGoesToTheNodeThatTheAskerNamesAndAllOthersToTheRoot() {
    way.neighbours.put(THIRD, THIRD);
    call(new CallOptions(1_000 * MILLIS, false, false, true, THIRD));
    assertThat(way.sent.get(0).hop()).isEqualTo(THIRD);
    assertThat(way.last().has(Envelope.FIRST)).isTrue();
    assertThat(way.last().target()).isEqualTo(TARGET);
    calls.doubt(THIRD);
    assertThat(way.sent.get(1).hop()).isEqualTo(ROOT);
    assertThat(way.last().has(Envelope.FIRST)).isFalse();
    assertThat(way.last().sequence()).isEqualTo(way.sent.get(0).envelope().sequence());
    calls.answered(reply(way.sent.get(0).envelope(), THIRD, "1"));
    assertThat(ends).containsExactly("1");
    assertThat(conclusive).as("the root may run it yet").isFalse();
  }

  @Test
  void aSilentNodeThatTheAskerNamedIsAskedOnceMoreAndThenTheRoot() {
    way.neighbours.put(THIRD, THIRD);
    call(new CallOptions(1_000 * MILLIS, false, false, true, THIRD));
    loop.advance(140 * MILLIS);
    assertThat(way.sent).hasSize(2);
    assertThat(way.sent.get(1).hop()).isEqualTo(THIRD);
    assertThat(way.last().has(Envelope.FIRST)).isTrue();
    assertThat(way.last().has(Envelope.REPEAT)).isTrue();
    loop.advance(280 * MILLIS);
    assertThat(way.sent).hasSize(3);
    assertThat(way.sent.get(2).hop()).isEqualTo(ROOT);
    assertThat(way.last().has(Envelope.FIRST)).isFalse();
  }

  @Test
  void whatIsGivenBackTwiceCountsOnce() {
    call(new CallOptions(10_000 * MILLIS, false, false, false));
    Envelope first = way.last();
    RingException lost = new RingException.NoRoute("lost");
    for (int i = 0; i < 5; i++) {
      calls.answered(failure(first, THIRD, Envelope.FROM_ROUTER, lost));
    }
    loop.advance(20 * MILLIS);
    assertThat(way.sent).hasSize(2);
    for (int i = 0; i < 5; i++) {
      calls.answered(failure(first, THIRD, Envelope.FROM_ROUTER, lost));
    }
    loop.advance(70 * MILLIS);
    assertThat(way.sent).as("the second one is not spoken of").hasSize(2);
    loop.advance(70 * MILLIS);
    assertThat(way.sent).as("and is silent no longer than any first").hasSize(3);
  }

  @Test
  void firstAttemptGoesToTheRootIfTheNamedNodeCannotBeHandedIt() {
    way.neighbours.put(THIRD, ROOT);
    call(new CallOptions(1_000 * MILLIS, false, false, true, THIRD));
    assertThat(way.sent).as("it is several hops away").hasSize(1);
    assertThat(way.sent.get(0).hop()).isEqualTo(ROOT);
    assertThat(way.last().has(Envelope.FIRST)).isFalse();

    way.neighbours.put(THIRD, THIRD);
    way.unreachable.add(THIRD);
    call(new CallOptions(1_000 * MILLIS, false, false, true, THIRD));
    assertThat(way.sent).as("no connection").hasSize(3);
    assertThat(way.sent.get(2).hop()).isEqualTo(ROOT);
    calls.answered(failure(way.last(), ROOT, 0, new RingException.Refused("busy")));
    assertThat(ends).as("nothing else was handed out").last().isInstanceOf(Refused.class);

    way.neighbours.put(SELF, SELF);
    call(new CallOptions(1_000 * MILLIS, false, false, true, SELF));
    assertThat(way.delivered).singleElement().matches(envelope -> envelope.has(Envelope.FIRST));
  }

  @Test
  void callOfWhichTheOverlayGaveBackEachAttemptHasNoRoute() {
    for (CallOptions options : List.of(WRITE, READ)) {
      ends.clear();
      call(options);
      int answered = way.sent.size() - 1;
      while (ends.isEmpty()) {
        for (; answered < way.sent.size(); answered++) {
          Envelope attempt = way.sent.get(answered).envelope();
          RingException lost = new RingException.NoRoute("too many hops");
          calls.answered(failure(attempt, THIRD, Envelope.FROM_ROUTER, lost));
        }
        loop.advance(MILLIS);
      }
      assertThat(ends).singleElement().isInstanceOf(RingException.NoRoute.class);
      assertThat(ends.get(0).toString()).contains("too many hops");
    }
  }

  @Test
  void callOfWhichTheOverlayGaveBackAllButOneAttemptIsUnknown() {
    call(WRITE);
    way.hop = THIRD;
    calls.doubt(ROOT);
    RingException lost = new RingException.NoRoute("lost");
    calls.answered(failure(way.last(), THIRD, Envelope.FROM_ROUTER, lost));
    way.outcome = Connection.Sent.CLOSED;
    loop.advance(1_100 * MILLIS);
    assertThat(ends).singleElement().isInstanceOf(RingException.OutcomeUnknown.class);
  }

  @Test
  void readThatTheNextRootRefusesIsRefused() {
    call(READ);
    way.hop = THIRD;
    calls.doubt(ROOT);
    calls.answered(failure(way.last(), THIRD, 0, new RingException.Refused("busy")));
    assertThat(ends).singleElement().isInstanceOf(RingException.Refused.class);
  }

  @Test
  void attemptThatAHopDidNotAcknowledgeMayHaveRunAndAnotherGoesAtOnce() {
    call(WRITE);
    Envelope first = way.last();
    int lost = Envelope.FROM_ROUTER | Envelope.UNACKNOWLEDGED;
    calls.answered(failure(first, THIRD, lost, new RingException.NoRoute("no word")));
    assertThat(way.sent).hasSize(2);
    calls.answered(failure(first, THIRD, lost, new RingException.NoRoute("no word")));
    assertThat(way.sent).as("that was the former attempt").hasSize(2);
    calls.answered(failure(way.last(), ROOT, 0, new RingException.Refused("busy")));
    assertThat(ends).singleElement().isInstanceOf(RingException.OutcomeUnknown.class);
  }

  @Test
  void whatThisNodeItselfTurnedAwayItMayDeliverLater() {
    way.hop = SELF;
    call(WRITE);
    Envelope first = way.delivered.get(0);
    calls.answered(
        failure(first, SELF, Envelope.FROM_ROUTER, new RingException.NoRoute("not sure")));
    loop.advance(900 * MILLIS);
    assertThat(way.delivered).hasSizeGreaterThan(1);
    calls.answered(reply(way.delivered.get(1), SELF, "1"));
    assertThat(ends).containsExactly("1");
  }

  @Test
  void unansweredCallIsRepeatedUnderItsNumberWithGrowingBoundedPauses() {
    for (int seed = 0; seed < 50; seed++) {
      var world = new FakeLoop(seed);
      var out = new FakeWay();
      out.hop = ROOT;
      var attempts =
          new Calls(
              SELF,
              1,
              new Calls.Limits(1, 100 * MILLIS, 400 * MILLIS, 16),
              out,
              world,
              world,
              world,
              observer);
      long began = world.nanos();
      var times = new ArrayList<Long>();
      attempts.call(
          "echo",
          TARGET,
          new byte[0],
          new CallOptions(3_000 * MILLIS, false, false, false),
          (reply, error) -> {});
      for (int i = 0; i < 2_990; i++) {
        while (times.size() < out.sent.size()) {
          times.add((world.nanos() - began) / MILLIS);
        }
        world.advance(MILLIS);
      }
      long[] base = {100, 200, 400, 400, 400, 400};
      assertThat(times.size()).as("seed %d", seed).isBetween(6, 12);
      for (int i = 0; i < base.length && i + 1 < times.size(); i++) {
        assertThat(times.get(i + 1) - times.get(i))
            .as("seed %d, pause %d of %s", seed, i, times)
            .isBetween(base[i] * 3 / 4, base[i] * 5 / 4 + 11);
      }
      assertThat(out.sent).allMatch(sent -> sent.envelope().sequence() == 1);
      assertThat(out.sent.get(0).envelope().has(Envelope.REPEAT)).isFalse();
      assertThat(out.sent.subList(1, out.sent.size()))
          .allMatch(sent -> sent.envelope().has(Envelope.REPEAT));
      assertThat(out.sent.get(1).envelope().microsLeft())
          .isLessThan(out.sent.get(0).envelope().microsLeft());
    }
  }

  @Test
  void doubtRepeatsAtOnceWhatWasHandedToThatNode() {
    call(WRITE);
    way.hop = THIRD;
    calls.doubt(TARGET);
    assertThat(way.sent).as("nothing was handed to it").hasSize(1);
    calls.doubt(ROOT);
    assertThat(way.sent).hasSize(2);
    assertThat(way.sent.get(1).hop()).isEqualTo(THIRD);
    assertThat(way.last().sequence()).isEqualTo(1);
    calls.doubt(ROOT);
    assertThat(way.sent).as("it goes elsewhere now").hasSize(2);
  }

  @Test
  void directCallToANodeThatIsNotThereHasNoRouteAtOnce() {
    way.hop = null;
    call(DIRECT);
    assertThat(ends).hasSize(1).hasOnlyElementsOfType(RingException.NoRoute.class);
    assertThat(ends.get(0).toString()).contains(TARGET.toString());
    assertThat(calls.openCount()).isZero();
  }

  @Test
  void callWithoutAnyMemberWaitsForOneUntilItsDeadline() {
    way.hop = null;
    call(WRITE);
    loop.advance(500 * MILLIS);
    assertThat(ends).isEmpty();
    way.hop = ROOT;
    loop.advance(400 * MILLIS);
    calls.answered(reply(way.last(), ROOT, "1"));
    assertThat(ends).containsExactly("1");
  }

  @Test
  void callThatNeverLeftSaysWhyAndThatNothingChanged() {
    way.hop = null;
    call(WRITE);
    loop.advance(1_100 * MILLIS);
    way.hop = ROOT;
    way.outcome = Connection.Sent.FULL;
    call(WRITE);
    loop.advance(1_100 * MILLIS);
    way.outcome = Connection.Sent.CLOSED;
    call(WRITE);
    loop.advance(1_100 * MILLIS);
    assertThat(ends)
        .extracting(Object::getClass)
        .isEqualTo(
            List.of(
                RingException.NoRoute.class,
                RingException.Refused.class,
                RingException.NoRoute.class));
    assertThat(ends).allMatch(end -> ((RingException) end).retrySafe());
  }

  @Test
  void outcomeOfACallThatWasHandedOutIsUnknown() {
    call(WRITE);
    way.outcome = Connection.Sent.CLOSED;
    loop.advance(1_100 * MILLIS);
    assertThat(ends).hasSize(1).hasOnlyElementsOfType(RingException.OutcomeUnknown.class);
    assertThat(((RingException) ends.get(0)).retrySafe()).isFalse();
  }

  @Test
  void callThatOnlyReadsTimesOut() {
    call(READ);
    loop.advance(1_100 * MILLIS);
    assertThat(ends).hasSize(1).hasOnlyElementsOfType(RingException.Timeout.class);
  }

  @Test
  void readOfWhichTheOtherSideKnowsNoOutcomeTimesOutSinceItChangedNothing() {
    call(READ);
    RingException forgotten = new RingException.OutcomeUnknown("no longer remembered", false);
    calls.answered(failure(way.last(), ROOT, 0, forgotten));
    assertThat(ends)
        .singleElement()
        .isInstanceOfSatisfying(
            RingException.Timeout.class,
            timeout -> assertThat(timeout).hasMessageContaining("no longer remembered"));
    call(WRITE);
    calls.answered(failure(way.last(), ROOT, 0, forgotten));
    assertThat(ends).last().isInstanceOf(RingException.OutcomeUnknown.class);
  }

  @Test
  void noCallEndsBeforeItsDeadlineNorMuchAfter() {
    call(READ);
    loop.advance(1_000 * MILLIS - 1);
    assertThat(ends).isEmpty();
    loop.advance(10 * MILLIS + 1);
    assertThat(ends).hasSize(1);
    assertThat(loop.nanos() - startedAt).isEqualTo(1_010 * MILLIS);
  }

  @Test
  void oneCallTooManyIsRefusedAndTheOthersGoOn() {
    call(WRITE);
    call(WRITE);
    call(WRITE);
    call(WRITE);
    assertThat(ends).hasSize(1).hasOnlyElementsOfType(RingException.Refused.class);
    assertThat(way.sent).hasSize(3);
    calls.answered(reply(way.last(), ROOT, "1"));
    call(WRITE);
    assertThat(way.sent).hasSize(4);
  }

  @Test
  void everyRequestNamesTheOldestThatIsStillOpen() {
    call(WRITE);
    call(WRITE);
    assertThat(way.last().oldestOpen()).isEqualTo(1);
    calls.answered(reply(way.sent.get(0).envelope(), ROOT, "1"));
    call(WRITE);
    assertThat(way.last().sequence()).isEqualTo(3);
    assertThat(way.last().oldestOpen()).isEqualTo(2);
  }

  @Test
  void failureOfTheHandlerEndsTheCallAndOneOfTheOverlayDoesNot() {
    call(READ);
    calls.answered(
        failure(way.last(), THIRD, Envelope.FROM_ROUTER, new RingException.NoRoute("lost")));
    assertThat(ends).isEmpty();
    calls.answered(failure(way.last(), ROOT, 0, new RingException.Denied("no")));
    assertThat(ends).hasSize(1).hasOnlyElementsOfType(RingException.Denied.class);
  }

  @Test
  void callThatIsForThisNodeIsDeliveredHereOnceHoweverOftenItIsAttempted() {
    way.hop = SELF;
    call(WRITE);
    loop.advance(900 * MILLIS);
    assertThat(way.delivered).hasSize(1);
    assertThat(way.delivered.get(0).hops()).isZero();
    assertThat(way.sent).isEmpty();
    calls.answered(reply(way.delivered.get(0), SELF, "1"));
    assertThat(ends).containsExactly("1");
  }

  @Test
  void closingEndsEveryCallExactlyOnceAndRefusesNewOnes() {
    call(WRITE);
    call(READ);
    way.hop = null;
    call(WRITE);
    calls.close("test");
    assertThat(ends)
        .extracting(Object::getClass)
        .isEqualTo(
            List.of(
                RingException.OutcomeUnknown.class,
                RingException.Closed.class,
                RingException.Closed.class));
    call(WRITE);
    assertThat(ends).hasSize(4);
    assertThat(ends.get(3)).isInstanceOf(RingException.Closed.class);
    calls.answered(reply(way.sent.get(0).envelope(), ROOT, "late"));
    calls.doubt(ROOT);
    calls.close("again");
    loop.advance(5_000 * MILLIS);
    assertThat(ends).hasSize(4);
    assertThat(observer.count("stray")).isEqualTo(1);
  }

  @Test
  void endThatCallsAgainWhileTheNodeClosesIsRefused() {
    calls.call("echo", TARGET, new byte[0], READ, (reply, error) -> call(READ));
    calls.close("test");
    assertThat(ends).hasSize(1).hasOnlyElementsOfType(RingException.Closed.class);
    assertThat(calls.openCount()).isZero();
  }

  @Test
  void aFormerRootThatTurnsTheRequestAwayDoesNotSpeakForThePresentOne() {
    call(WRITE);
    Envelope first = way.last();
    way.hop = THIRD;
    calls.doubt(ROOT);
    Envelope second = way.last();
    calls.answered(failure(first, ROOT, 0, new RingException.NotOwner("not I", null)));
    assertThat(ends).isEmpty();

    calls.answered(reply(second, THIRD, "1"));

    assertThat(ends).containsExactly("1");
  }

  @Test
  void whenAllWhoWereAskedChangedNothingNothingIsUnknown() {
    call(WRITE);
    Envelope first = way.last();
    way.hop = THIRD;
    calls.doubt(ROOT);
    Envelope second = way.last();
    calls.answered(failure(first, ROOT, 0, new RingException.NotOwner("not I", null)));
    calls.answered(failure(second, THIRD, 0, new RingException.NotOwner("nor I", null)));

    assertThat(ends).hasSize(1).hasOnlyElementsOfType(RingException.NotOwner.class);
  }
}
