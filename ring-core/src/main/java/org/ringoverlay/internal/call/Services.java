package org.ringoverlay.internal.call;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Scheduler;

/**
 * The services of this node: looks requests up, recognises repeats, admits, runs, answers.
 *
 * <p>On the loop.
 */
public final class Services {
  /** How a service fares. */
  public record Status(
      String name, int inFlight, long handled, long failed, long refused, long repeated) {}

  /**
   * The bounds.
   *
   * @param answersMax answers remembered for repeats
   * @param answerBytesMax bytes of these
   * @param askersMax askers remembered
   * @param answerAgeMaxNanos how long an answer is remembered at most
   */
  public record Limits(
      int answersMax, long answerBytesMax, int askersMax, long answerAgeMaxNanos) {}

  static final class Entry {
    final ByteService service;
    final LinkedHashSet<Inbound> inWork = new LinkedHashSet<>();
    int inFlight;
    long handled;
    long failed;
    long refused;
    long repeated;

    Entry(ByteService service) {
      this.service = service;
    }
  }

  private final Id self;
  private final Way way;
  private final Clock clock;
  private final Scheduler scheduler;
  private final RingObserver observer;
  private final Repeats repeats;
  private final TreeMap<String, Entry> byName = new TreeMap<>();
  private int inFlight;

  /** Makes the services of a node. */
  public Services(
      Id self, Limits limits, Way way, Clock clock, Scheduler scheduler, RingObserver observer) {
    this.self = self;
    this.way = way;
    this.clock = clock;
    this.scheduler = scheduler;
    this.observer = observer;
    this.repeats =
        new Repeats(
            new Repeats.Limits(
                limits.answersMax(),
                limits.answerBytesMax(),
                limits.askersMax(),
                limits.answerAgeMaxNanos()));
  }

  /**
   * Adds a service, before the node starts.
   *
   * @throws IllegalArgumentException if there is one of this name, or the name is not 1–128 bytes
   *     of text
   */
  public void register(ByteService service) {
    String name = service.name();
    int bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (bytes < 1
        || bytes > Envelope.SERVICE_BYTES_MAX
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a service's name is 1–"
              + Envelope.SERVICE_BYTES_MAX
              + " bytes without control characters: '"
              + Printable.text(name, 40)
              + "'");
    }
    if (byName.putIfAbsent(name, new Entry(service)) != null) {
      throw new IllegalArgumentException("this node already has a service '" + name + "'");
    }
  }

  /** The names, sorted. */
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  /** The services themselves, by name. */
  public List<ByteService> all() {
    return byName.values().stream().map(entry -> entry.service).toList();
  }

  /** How each service fares, by name. */
  public List<Status> status() {
    var result = new ArrayList<Status>(byName.size());
    byName.forEach(
        (name, entry) ->
            result.add(
                new Status(
                    name,
                    entry.inFlight,
                    entry.handled,
                    entry.failed,
                    entry.refused,
                    entry.repeated)));
    return result;
  }

  /** Requests in work. */
  public int inFlight() {
    return inFlight;
  }

  /** Delivers a request whose root is this node. */
  public void deliver(Envelope request) {
    Entry entry = byName.get(request.service());
    if (entry == null) {
      answer(
          request,
          failure(
              request,
              RingException.Incompatible.unknownService(
                  "Node "
                      + self
                      + " has no service '"
                      + Printable.text(request.service(), 128)
                      + "'.")));
      return;
    }
    Repeats.Found found = repeats.look(request);
    if (found instanceof Repeats.Found.First) {
      admit(entry, request);
      return;
    }
    entry.repeated++;
    observer.repeated(self, entry.service.name());
    if (found instanceof Repeats.Found.Answered answered) {
      answer(request, answered.answer());
    } else if (found instanceof Repeats.Found.Forgotten) {
      answer(
          request,
          failure(
              request,
              new RingException.OutcomeUnknown(
                  "Node " + self + " no longer remembers whether it ran this request.", false)));
    }
  }

  private void admit(Entry entry, Envelope request) {
    long now = clock.nanos();
    if (request.microsLeft() == 0) {
      repeats.undone(request);
      answer(
          request,
          failure(
              request,
              new RingException.Timeout("The deadline had passed before the work began.")));
      return;
    }
    if (entry.inFlight >= entry.service.inFlightMax()) {
      abandonExpired(entry, now);
    }
    if (entry.inFlight >= entry.service.inFlightMax()) {
      repeats.undone(request);
      entry.refused++;
      answer(
          request,
          failure(
              request,
              new RingException.Refused(
                  "Service '"
                      + entry.service.name()
                      + "' on node "
                      + self
                      + " already has "
                      + entry.service.inFlightMax()
                      + " requests in work.")));
      return;
    }
    entry.inFlight++;
    inFlight++;
    var inbound = new Inbound(this, entry, request, now, now + request.microsLeft() * 1000);
    entry.inWork.add(inbound);
    scheduler.handlerBegins(entry.service.name());
    try {
      entry.service.handle(inbound);
    } catch (RingException told) {
      inbound.fail(told);
    } catch (RuntimeException thrown) {
      inbound.fail(new RingException.HandlerFailed(thrown.toString()));
    } catch (Error broken) {
      // The request ends as any other; what broke may be more than the handler, so the loop hears.
      inbound.fail(new RingException.HandlerFailed(broken.toString()));
      throw broken;
    } finally {
      scheduler.handlerEnds();
    }
  }

  @Nullable Id nextHop(Id target) {
    return way.nextHop(target, false);
  }

  void ended(
      Entry entry,
      Inbound inbound,
      Envelope request,
      byte @Nullable [] json,
      @Nullable RingException error,
      long arrivedAt) {
    entry.inFlight--;
    inFlight--;
    entry.inWork.remove(inbound);
    Envelope answer;
    String outcome;
    if (json != null) {
      entry.handled++;
      outcome = "ok";
      answer = request.answer(Kind.REPLY, 0, self, json);
    } else {
      RingException told =
          error != null
              ? error
              : new RingException.HandlerFailed("It gave neither reply nor error.");
      outcome = told.code();
      if (told instanceof RingException.Refused) {
        entry.refused++;
      } else {
        entry.failed++;
      }
      answer = failure(request, told);
    }
    long now = clock.nanos();
    answer = repeats.done(request, answer, now);
    observer.handled(self, entry.service.name(), outcome, now - arrivedAt);
    answer(request, answer);
  }

  /** Takes the place of requests whose askers stopped waiting and whose handlers never ended. */
  private void abandonExpired(Entry entry, long now) {
    for (Inbound inbound : new ArrayList<>(entry.inWork)) {
      if (now >= inbound.deadlineNanos()) {
        inbound.fail(
            new RingException.OutcomeUnknown(
                "The handler of service '"
                    + entry.service.name()
                    + "' did not end by the deadline.",
                false));
      }
    }
  }

  /** Housekeeping, now and then: answers that are too old, requests that never ended. */
  public void tidy() {
    long now = clock.nanos();
    repeats.age(now);
    for (Entry entry : byName.values()) {
      abandonExpired(entry, now);
    }
  }

  private Envelope failure(Envelope request, RingException error) {
    return request.answer(Kind.FAILURE, 0, self, ErrorJson.toJson(error).bytes());
  }

  private void answer(Envelope request, Envelope answer) {
    Id origin = request.origin();
    if (origin.equals(self)) {
      way.deliverHere(answer);
      return;
    }
    Id hop = way.nextHop(origin, true);
    var sent = way.send(hop == null ? origin : hop, answer.forwarded());
    if (sent == Connection.Sent.TOO_LONG && answer.kind() == Kind.REPLY) {
      answer(
          request,
          failure(
                  request,
                  new RingException.HandlerFailed(
                      "Its reply is longer than the next node takes (its ring.frame.max)."))
              .speakingFor(answer.attempts()));
    } else if (sent != Connection.Sent.QUEUED) {
      observer.trouble(
          self,
          "an answer to "
              + origin.shortString()
              + " could not be sent ("
              + sent
              + "); the asker will ask again");
    }
  }
}
