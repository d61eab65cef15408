package org.ringoverlay.internal.call;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Scheduler;

/**
 * The calls of this node that wait for a reply.
 *
 * <p>A call is attempted at once; again with exponential backoff and jitter while nothing comes
 * back, soon when the overlay gave an attempt back, and at once when the node that it was handed to
 * is suspected; all attempts carry the same number, so that the answering side runs them once. It
 * ends with the first reply or at its deadline. The first attempt may go to a node that the asker
 * names, and so does a second one after a silence, which that node knows for a repeat; all others
 * go to the root, which may run the request once more.
 *
 * <p>An answer says for which attempts it speaks. One that says that nothing was changed ends a
 * call that may change something as it stands only if every attempt has been spoken for; what is
 * silent may have been run, wherever it was forwarded to. A reply ends the call, and says whether
 * every attempt has been spoken for.
 *
 * <p>Each request carries the lowest number that is still open here, as in RIFL (Lee et al., SOSP
 * 2015, section 3.3): below it nothing will ever be repeated, and the answering side may forget.
 *
 * <p>On the loop. Deadlines are looked at in turns of {@value #TURN_MILLIS} ms: a call never ends
 * early, and late by at most a turn.
 */
public final class Calls {
  /** Attempts without a word after which a link is taken for one that swallows them. */
  private static final int UNANSWERED = 2;

  /**
   * Of what silence makes a call wait, the part that it waits first when an attempt was given back;
   * twice as long each further time.
   */
  private static final int GIVEN_BACK_PART = 16;

  private static final long TURN_MILLIS = 10;
  private static final long TURN_NANOS = TURN_MILLIS * 1_000_000;

  /**
   * How the node's calls are made.
   *
   * @param openMax calls that may be open at once
   * @param firstRetryNanos when the second attempt is made; each further one waits twice as long
   * @param retryMaxNanos the longest wait between attempts
   * @param hopsMax hops that a message may make
   */
  public record Limits(int openMax, long firstRetryNanos, long retryMaxNanos, int hopsMax) {}

  private static final class Open {
    final long sequence;
    final String service;
    final Id target;
    final byte[] payload;
    final CallOptions options;
    final CallEnd end;
    final long deadline;
    int attempts;

    /** Whether the last node that an attempt was handed to was doubted since. */
    boolean doubted;

    /** How many of the attempts the overlay gave back. */
    int givenBack;

    long dueAt;
    boolean deliveredHere;

    /** The attempts that were handed out; an answer speaks for one of them at least. */
    long handedOut;

    /** Those of them of which nobody has said that they changed nothing. */
    long silent;

    /** The last attempt that was handed out. */
    long latest;

    @Nullable Id nextHop;
    @Nullable RingException lastTrouble;

    Open(
        long sequence,
        String service,
        Id target,
        byte[] payload,
        CallOptions options,
        CallEnd end,
        long deadline) {
      this.sequence = sequence;
      this.service = service;
      this.target = target;
      this.payload = payload;
      this.options = options;
      this.end = end;
      this.deadline = deadline;
    }

    void handedOut() {
      latest = Envelope.attempt(attempts);
      handedOut |= latest;
      silent |= latest;
    }

    /**
     * Whether an answer may be one to this call. A node that has never had a request of this node
     * in its hands would have to guess the run, the sequence and the service.
     */
    boolean isAnsweredBy(Envelope answer) {
      return (answer.attempts() & handedOut) != 0
          && answer.service().equals(service)
          && (!options.direct()
              || answer.origin().equals(target)
              || answer.has(Envelope.FROM_ROUTER));
    }

    /** Whether a hop speaks of the last attempt and of no other; once for each attempt at most. */
    boolean isOfLatestAlone(Envelope answer) {
      return answer.attempts() == latest && latest != Envelope.ATTEMPTS_BEYOND;
    }

    void spokenFor(long some) {
      silent &= ~some | Envelope.ATTEMPTS_BEYOND;
    }

    boolean mayHaveChangedSomething() {
      return silent != 0 && !options.readOnly();
    }
  }

  private final Id self;
  private final long incarnation;
  private final Limits limits;
  private final Way way;
  private final Clock clock;
  private final Scheduler scheduler;
  private final Randomness randomness;
  private final RingObserver observer;
  private final LinkedHashMap<Long, Open> open = new LinkedHashMap<>();
  private long lastSequence;
  private boolean turning;
  private boolean closed;

  /** Makes the calls of a node. */
  public Calls(
      Id self,
      long incarnation,
      Limits limits,
      Way way,
      Clock clock,
      Scheduler scheduler,
      Randomness randomness,
      RingObserver observer) {
    this.self = self;
    this.incarnation = incarnation;
    this.limits = limits;
    this.way = way;
    this.clock = clock;
    this.scheduler = scheduler;
    this.randomness = randomness;
    this.observer = observer;
  }

  /** How many calls are open. */
  public int openCount() {
    return open.size();
  }

  /** Makes a call. */
  public void call(String service, Id target, byte[] payload, CallOptions options, CallEnd end) {
    if (closed) {
      end.ended(null, new RingException.Closed("This node has closed."));
      return;
    }
    if (open.size() >= limits.openMax()) {
      end.ended(
          null,
          new RingException.Refused(
              "This node already waits for " + limits.openMax() + " calls (ring.calls.max)."));
      return;
    }
    long now = clock.nanos();
    var call =
        new Open(
            ++lastSequence, service, target, payload, options, end, now + options.timeoutNanos());
    open.put(call.sequence, call);
    attempt(call, now);
    if (!turning) {
      turning = true;
      scheduler.schedule(TURN_NANOS, this::turn);
    }
  }

  private void attempt(Open call, long now) {
    call.attempts++;
    call.dueAt = Math.min(call.deadline, now + backoffNanos(call.attempts - call.givenBack));
    if (isForFirst(call) && attemptFirst(call, now)) {
      return;
    }
    Id hop = way.nextHop(call.target, call.options.direct());
    call.nextHop = hop;
    if (hop == null) {
      if (call.options.direct()) {
        finish(call, null, gone(call));
      } else {
        call.lastTrouble = new RingException.NoRoute("This node sees no live member to send to.");
      }
      return;
    }
    if (call.attempts > 1) {
      observer.retried(self, call.service, call.target, call.attempts);
    }
    boolean here = hop.equals(self);
    if (here && call.deliveredHere) {
      return;
    }
    Envelope envelope = envelope(call, now, here ? 0 : 1, 0);
    if (here) {
      deliverHere(call, envelope);
      return;
    }
    Id first = isSwallowed(call) ? way.around(hop, call.sequence + call.attempts) : hop;
    Connection.Sent sent = way.send(first, envelope);
    switch (sent) {
      case QUEUED -> call.handedOut();
      case FULL ->
          call.lastTrouble =
              new RingException.Refused(
                  "The outbound queue to node " + hop + " is full (ring.outbound.max).");
      case CLOSED -> {
        call.lastTrouble = new RingException.NoRoute("No connection to node " + hop + ".");
        givenBack(call, now, limits.retryMaxNanos());
      }
      case TOO_LONG -> {
        call.lastTrouble =
            RingException.InvalidInput.tooLarge(
                "The request is longer than node " + hop + " takes (its ring.frame.max).");
        if (!call.mayHaveChangedSomething()) {
          finish(call, null, call.lastTrouble);
        }
      }
    }
  }

  /** The named node gets the first attempt, and a second one if it was silent for a while. */
  private static boolean isForFirst(Open call) {
    return call.attempts == 1
        || (call.attempts == 2
            && !call.doubted
            && call.silent == Envelope.attempt(1)
            && call.options.first() != null
            && call.options.first().equals(call.nextHop));
  }

  /**
   * Hands an attempt to the node that the asker named, if it is one hop away.
   *
   * @return false if nothing was sent
   */
  private boolean attemptFirst(Open call, long now) {
    Id first = call.options.first();
    if (first == null || call.options.direct() || !first.equals(way.nextHop(first, true))) {
      return false;
    }
    call.nextHop = first;
    if (call.attempts > 1) {
      observer.retried(self, call.service, call.target, call.attempts);
    }
    if (first.equals(self) && call.deliveredHere) {
      return true;
    }
    if (first.equals(self)) {
      deliverHere(call, envelope(call, now, 0, Envelope.FIRST));
      return true;
    }
    Connection.Sent sent = way.send(first, envelope(call, now, 1, Envelope.FIRST));
    if (sent == Connection.Sent.QUEUED) {
      call.handedOut();
    }
    return sent == Connection.Sent.QUEUED;
  }

  private void deliverHere(Open call, Envelope envelope) {
    call.handedOut();
    call.deliveredHere = true;
    way.deliverHere(envelope);
  }

  /**
   * Nobody spoke for two attempts: every other one from now on goes another way, if there is one.
   */
  private static boolean isSwallowed(Open call) {
    return Long.bitCount(call.silent) >= UNANSWERED && call.attempts % 2 != 0;
  }

  private static RingException gone(Open call) {
    return call.mayHaveChangedSomething()
        ? new RingException.OutcomeUnknown(
            "The node " + call.target + " left the ring before it answered.", false)
        : new RingException.NoRoute(
            "The node " + call.target + " is not in the ring as this node sees it.");
  }

  private Envelope envelope(Open call, long now, int hops, int moreFlags) {
    int flags =
        moreFlags
            | (call.options.direct() ? Envelope.DIRECT : 0)
            | (call.options.likely() ? Envelope.LIKELY : 0)
            | (call.attempts > 1 ? Envelope.REPEAT : 0);
    long microsLeft = Math.max(0, Math.min(Envelope.MICROS_LEFT_MAX, (call.deadline - now) / 1000));
    return new Envelope(
        Kind.REQUEST,
        flags,
        hops,
        limits.hopsMax(),
        0,
        call.target,
        self,
        incarnation,
        call.sequence,
        oldestOpen(),
        Envelope.attempt(call.attempts),
        microsLeft,
        call.service,
        call.payload,
        0,
        call.payload.length);
  }

  private long oldestOpen() {
    Iterator<Map.Entry<Long, Open>> all = open.entrySet().iterator();
    return all.hasNext() ? all.next().getKey() : lastSequence + 1;
  }

  private long backoffNanos(int attempts) {
    long doubled = limits.firstRetryNanos() << Math.min(attempts - 1, 20);
    long base = doubled <= 0 ? limits.retryMaxNanos() : Math.min(doubled, limits.retryMaxNanos());
    return jittered(base);
  }

  private long jittered(long base) {
    return base - base / 4 + randomness.below(Math.max(1, base / 2));
  }

  /** An attempt surely was not run; the next one is due soon. */
  private void givenBack(Open call, long now, long longest) {
    long first = limits.firstRetryNanos();
    long wait = Math.min(longest, (first / GIVEN_BACK_PART) << Math.min(call.givenBack, 20));
    call.givenBack++;
    call.dueAt = Math.min(call.dueAt, now + jittered(wait));
  }

  private void turn() {
    turning = false;
    long now = clock.nanos();
    var due = new ArrayList<Open>();
    for (Open call : open.values()) {
      if (now >= call.dueAt) {
        due.add(call);
      }
    }
    for (Open call : due) {
      if (!open.containsKey(call.sequence)) {
        continue;
      }
      if (now >= call.deadline) {
        finish(call, null, expired(call));
      } else {
        attempt(call, now);
      }
    }
    if (!open.isEmpty() && !closed && !turning) {
      turning = true;
      scheduler.schedule(TURN_NANOS, this::turn);
    }
  }

  private RingException expired(Open call) {
    String after =
        " after "
            + call.options.timeoutNanos() / 1_000_000
            + " ms and "
            + call.attempts
            + (call.attempts == 1 ? " attempt" : " attempts");
    if (call.silent == 0) {
      return call.lastTrouble != null
          ? call.lastTrouble
          : new RingException.Timeout("The request never left this node" + after + ".");
    }
    String what = "No answer from service '" + call.service + "' for " + call.target + after + ".";
    return call.options.readOnly()
        ? new RingException.Timeout(what)
        : new RingException.OutcomeUnknown(what, false);
  }

  /** A reply or failure for this node arrived. */
  public void answered(Envelope answer) {
    Open call = answer.incarnation() == incarnation ? open.get(answer.sequence()) : null;
    if (call == null || !call.isAnsweredBy(answer)) {
      observer.strayReply(self, answer.origin());
      return;
    }
    if (answer.kind() == Kind.REPLY) {
      call.spokenFor(answer.attempts());
      finish(
          call,
          new Reply(
              answer.array(),
              answer.offset(),
              answer.length(),
              answer.origin(),
              answer.requestHops(),
              call.silent == 0),
          null);
      return;
    }
    Told told = told(answer);
    RingException error = told.error();
    if (answer.has(Envelope.FROM_ROUTER) && answer.has(Envelope.UNACKNOWLEDGED)) {
      // That attempt may still arrive and stays silent; another one goes another way now.
      call.lastTrouble = error;
      if (call.isOfLatestAlone(answer)) {
        attempt(call, clock.nanos());
      }
      return;
    }
    if (answer.has(Envelope.FROM_ROUTER)) {
      boolean news = (answer.attempts() & call.silent) != 0;
      call.spokenFor(answer.attempts());
      call.lastTrouble = error;
      if (answer.origin().equals(self)) {
        call.deliveredHere = false;
      }
      if (news) {
        givenBack(call, clock.nanos(), limits.firstRetryNanos());
      }
      return;
    }
    if (!told.understood() && !call.options.readOnly()) {
      finish(call, null, new RingException.OutcomeUnknown(error.getMessage(), false));
      return;
    }
    if (!saysNothingChanged(error)) {
      finish(call, null, call.options.readOnly() ? readUnanswered(error) : error);
      return;
    }
    call.spokenFor(answer.attempts());
    boolean latestSpoke = (answer.attempts() & call.latest) != 0;
    if (!latestSpoke && (call.silent & call.latest) != 0) {
      // A former root turns the request away while the present one has it in work.
      call.lastTrouble = error;
      return;
    }
    finish(call, null, call.mayHaveChangedSomething() ? unknown(error) : error);
  }

  /** All but these two speak of a request that was not carried out. */
  private static boolean saysNothingChanged(RingException error) {
    return !(error instanceof RingException.OutcomeUnknown
        || error instanceof RingException.HandlerFailed);
  }

  /** What changes nothing has no outcome that could be unknown: it was not answered. */
  private static RingException readUnanswered(RingException error) {
    return error instanceof RingException.OutcomeUnknown
        ? new RingException.Timeout("The request was given up: " + error.getMessage())
        : error;
  }

  /** Who turned one attempt away does not know what became of another. */
  private static RingException unknown(RingException error) {
    return new RingException.OutcomeUnknown(
        "An earlier attempt may have been run elsewhere; the last one ended in: "
            + error.getMessage(),
        false);
  }

  /**
   * An error that came back.
   *
   * @param understood whether this version knows what it says of the request
   */
  private record Told(RingException error, boolean understood) {}

  private static Told told(Envelope answer) {
    try {
      Json json = ErrorJson.parse(answer.array(), answer.offset(), answer.length());
      RingException error = ErrorJson.fromJson(json);
      boolean understood = json.at("/code").filter(Json.of(error.code())::equals).isPresent();
      return new Told(error, understood);
    } catch (RingException unreadable) {
      return new Told(
          new RingException.Incompatible("The answer was an error that this node cannot read."),
          false);
    }
  }

  /** A node can no longer be relied on: what was handed to it is attempted again at once. */
  public void doubt(Id node) {
    long now = clock.nanos();
    var affected = new ArrayList<Open>();
    for (Open call : open.values()) {
      if (node.equals(call.nextHop)) {
        affected.add(call);
      }
    }
    for (Open call : affected) {
      if (open.containsKey(call.sequence) && now < call.deadline) {
        call.doubted = true;
        attempt(call, now);
      }
    }
  }

  /** Ends every call with an error. */
  public void close(String reason) {
    closed = true;
    for (Open call : new ArrayList<>(open.values())) {
      finish(
          call,
          null,
          call.mayHaveChangedSomething()
              ? new RingException.OutcomeUnknown(
                  "This node closed before the answer came: " + reason, false)
              : new RingException.Closed(reason));
    }
  }

  private void finish(Open call, @Nullable Reply reply, @Nullable RingException error) {
    if (open.remove(call.sequence) != null) {
      call.end.ended(reply, error);
    }
  }
}
