package org.ringoverlay.console.gateway;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.dht.Copies;
import org.ringoverlay.dht.Durability;
import org.ringoverlay.dht.NamespaceRules;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Setting;

/** The settings of the whole ring: {@code /v1/copies} and what is below {@code /v1/namespaces}. */
final class RingWide {
  private static final String COPIES = "copies";
  private static final String TTL = "ttl";
  private static final String VALUE_MAX = "valueMax";

  private final Supplier<Backend> backend;

  RingWide(Supplier<Backend> backend) {
    this.backend = backend;
  }

  CompletionStage<Reply> copies(Call call) {
    call.allowOnly("consistency").withoutOperation();
    Backend node = backend.get();
    boolean stale = call.choice("consistency", "linearizable", "stale").equals("stale");
    CompletionStage<Copies> progress = node.progress();
    return (stale ? progress.thenApply(Copies::wanted) : node.copies())
        .thenCombine(
            progress,
            (wanted, now) ->
                Reply.Whole.json(
                    200,
                    new JsonObject()
                        .put(COPIES, wanted)
                        .put("arcs", now.arcs())
                        .put("led", now.led())
                        .put("below", now.below())
                        .put("above", now.above())
                        .put("silent", now.silent().stream().map(Id::toString).toList())));
  }

  CompletionStage<Reply> changeCopies(Call call) {
    call.allowOnly().withoutOperation();
    Json copies = fields(call.json(), COPIES).get(COPIES);
    if (copies == null) {
      throw new RingException.InvalidInput("The body names the copies, such as {\"copies\":5}.");
    }
    return backend
        .get()
        .changeCopies(copies.as(int.class))
        .thenApply(wanted -> Reply.Whole.json(200, new JsonObject().put(COPIES, wanted)));
  }

  CompletionStage<Reply> durability(Call call) {
    call.allowOnly().withoutOperation();
    return backend.get().durability().thenApply(RingWide::reply);
  }

  private static Reply reply(Durability durability) {
    return Reply.Whole.json(
        200,
        new JsonObject()
            .put("observedMs", durability.observed().toMillis())
            .put("losses", durability.losses())
            .put("yearsToLoss", number(durability.yearsToLoss()))
            .put("yearsToLossAtLeast", durability.yearsToLossAtLeast())
            .put("repairMs", durability.repair().toMillis())
            .put("repairs", durability.repairs())
            .put("nodes", durability.nodes())
            .put("target", durability.target())
            .put(
                "advised",
                durability.advised().isPresent() ? (Integer) durability.advised().getAsInt() : null)
            .putAll(
                "risks",
                durability.risks().stream()
                    .map(
                        risk ->
                            new JsonObject()
                                .put(COPIES, risk.copies())
                                .put("likely", number(risk.likely()))
                                .put("atMost", risk.atMost()))
                    .toList()));
  }

  private static @Nullable Double number(OptionalDouble number) {
    return number.isPresent() ? (Double) number.getAsDouble() : null;
  }

  CompletionStage<Reply> namespace(Call call) {
    call.allowOnly().withoutOperation();
    String namespace = name(call);
    return backend.get().rules(namespace).thenApply(rules -> reply(namespace, rules));
  }

  /** A field that is left out leaves its rule as it is, and one that is null takes it away. */
  CompletionStage<Reply> changeNamespace(Call call) {
    call.allowOnly().withoutOperation();
    String namespace = name(call);
    Map<String, Json> fields = fields(call.json(), TTL, VALUE_MAX);
    Json ttl = fields.get(TTL);
    Json valueMax = fields.get(VALUE_MAX);
    Optional<Duration> newTtl = ttl == null || ttl.isNull() ? Optional.empty() : duration(ttl);
    OptionalLong newMax =
        valueMax == null || valueMax.isNull()
            ? OptionalLong.empty()
            : OptionalLong.of(valueMax.as(long.class));
    // Looked at before the ring is asked: a rule that is none is the caller's fault.
    var unused = new NamespaceRules(newTtl, newMax);
    return backend
        .get()
        .changeRules(
            namespace,
            old ->
                new NamespaceRules(
                    ttl == null ? old.ttl() : newTtl,
                    valueMax == null ? old.valueBytesMax() : newMax))
        .thenApply(rules -> reply(namespace, rules));
  }

  private static String name(Call call) {
    return Call.name(call.path().segment(2), "namespace");
  }

  private static Reply reply(String namespace, NamespaceRules rules) {
    return Reply.Whole.json(
        200,
        new JsonObject()
            .put("namespace", namespace)
            .put(TTL, rules.ttl().map(RingWide::text).orElse(null))
            .put(VALUE_MAX, rules.valueBytesMax().isPresent() ? longOf(rules) : null));
  }

  private static Long longOf(NamespaceRules rules) {
    return rules.valueBytesMax().getAsLong();
  }

  /** The fields of a body, of which there may be these alone: nothing that is asked is ignored. */
  private static Map<String, Json> fields(Json body, String... known) {
    if (!body.isObject()) {
      throw new RingException.InvalidInput("The body is an object of settings.");
    }
    var fields = new TreeMap<String, Json>();
    Map<?, ?> all = body.as(Map.class);
    for (Object name : all.keySet()) {
      if (!java.util.List.of(known).contains(name)) {
        throw new RingException.InvalidInput(
            "There is no setting '"
                + Printable.text(String.valueOf(name), 60)
                + "' here; there are "
                + String.join(", ", known)
                + ".");
      }
    }
    for (String name : known) {
      body.at("/" + name).ifPresent(value -> fields.put(name, value));
    }
    return fields;
  }

  private static Optional<Duration> duration(Json json) {
    try {
      return Optional.of(Duration.ofNanos(Setting.durationNanos(json.as(String.class))));
    } catch (NumberFormatException none) {
      throw new RingException.InvalidInput(
          "A time to live is a duration such as \"500ms\", \"30s\", \"10m\", \"1h\" or \"7d\".");
    }
  }

  /** A duration in the largest unit that tells it whole. */
  static @Nullable String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 86_400_000 == 0) {
      return millis / 86_400_000 + "d";
    }
    if (millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }
}
