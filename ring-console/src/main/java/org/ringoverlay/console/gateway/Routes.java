package org.ringoverlay.console.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/** Which request goes where: the contract's table. */
final class Routes {
  /** Answers a request; may throw what its stage may fail with. */
  @FunctionalInterface
  interface Handler {
    CompletionStage<? extends Reply> handle(Call call);
  }

  /**
   * What can be done at a path.
   *
   * @param handlers by method, in the order of the {@code Allow} header
   * @param kind how a refusal here is to be understood
   */
  record Resource(Map<String, Handler> handlers, Problem.Kind kind) {
    @Nullable Handler handler(String method) {
      return handlers.get(method);
    }

    String allow() {
      var methods = new java.util.ArrayList<String>();
      for (String method : handlers.keySet()) {
        methods.add(method);
        if (method.equals("GET")) {
          methods.add("HEAD");
        }
      }
      return String.join(", ", methods);
    }
  }

  private final Records records;
  private final Watches watches;
  private final Messages messages;
  private final Views views;
  private final Operations operations;
  private final RingWide ringWide;
  private final Page page = new Page();

  Routes(
      Records records,
      Watches watches,
      Messages messages,
      Views views,
      Operations operations,
      RingWide ringWide) {
    this.records = records;
    this.watches = watches;
    this.messages = messages;
    this.views = views;
    this.operations = operations;
    this.ringWide = ringWide;
  }

  /**
   * The resource at a path, or null if there is none.
   *
   * @throws RingException.InvalidInput if the path cannot be decoded
   */
  @Nullable Resource find(RequestPath path) {
    String first = path.segment(0);
    if ("health".equals(first)) {
      String rest = path.rest(1);
      if ("live".equals(rest)) {
        return of("GET", views::live);
      }
      return "ready".equals(rest) ? of("GET", views::ready) : null;
    }
    if ("metrics".equals(first) && path.segment(1) == null) {
      return of("GET", notBuilt("The metrics page is"));
    }
    if ("".equals(first) && path.segment(1) == null) {
      return ofPage("ring.html");
    }
    if ("page".equals(first)) {
      String file = path.rest(1);
      return file == null || file.equals("ring.html") ? null : ofPage(file);
    }
    return "v1".equals(first) ? version1(path) : null;
  }

  private @Nullable Resource version1(RequestPath path) {
    String collection = path.segment(1);
    if (collection == null) {
      return null;
    }
    boolean whole = path.segment(2) == null;
    return switch (collection) {
      case "dht" ->
          whole
              ? of("GET", records::list)
              : of("GET", records::get, "PUT", records::put, "DELETE", records::delete);
      case "watch" -> whole ? null : of("GET", watches::watch);
      case "services" ->
          whole
              ? of("GET", views::services)
              : path.segment(3) == null ? null : of("POST", messages::send);
      case "topics" -> whole ? null : of("GET", messages::subscribe, "POST", messages::publish);
      case "anycast" ->
          whole ? null : new Resource(Map.of("POST", messages::anycast), Problem.Kind.ANYCAST);
      case "drain" -> whole ? of("GET", operations::drained, "POST", operations::drain) : null;
      case "verify" -> whole ? of("POST", operations::verify) : null;
      case "recover" -> whole ? of("POST", operations::recover) : null;
      case "ring" -> whole ? of("GET", views::ring) : null;
      case "owner" -> whole ? null : of("GET", views::owner);
      case "trace" -> whole ? null : of("GET", views::trace);
      case "events" -> whole ? of("GET", views::events) : null;
      case "pools" -> whole ? null : notBuiltAtAll("Resource pools are");
      case "tasks" -> whole ? null : notBuiltAtAll("Task queues are");
      case "copies" -> whole ? of("GET", ringWide::copies, "PUT", ringWide::changeCopies) : null;
      case "durability" -> whole ? of("GET", ringWide::durability) : null;
      case "namespaces" ->
          whole || path.segment(3) != null
              ? null
              : of("GET", ringWide::namespace, "PUT", ringWide::changeNamespace);
      default -> null;
    };
  }

  private @Nullable Resource ofPage(String file) {
    Handler handler = page.file(file);
    return handler == null ? null : of("GET", handler);
  }

  private static Resource of(String method, Handler handler) {
    return new Resource(Map.of(method, handler), Problem.Kind.BARE);
  }

  private static Resource of(String method, Handler handler, String second, Handler other) {
    var handlers = new LinkedHashMap<String, Handler>();
    handlers.put(method, handler);
    handlers.put(second, other);
    return new Resource(handlers, Problem.Kind.BARE);
  }

  private static Resource of(
      String method, Handler handler, String second, Handler other, String third, Handler last) {
    var handlers = new LinkedHashMap<>(of(method, handler, second, other).handlers());
    handlers.put(third, last);
    return new Resource(handlers, Problem.Kind.BARE);
  }

  private static Resource notBuiltAtAll(String what) {
    Handler handler = notBuilt(what);
    var handlers = new LinkedHashMap<String, Handler>();
    for (String method : new String[] {"GET", "POST", "PUT", "DELETE"}) {
      handlers.put(method, handler);
    }
    return new Resource(handlers, Problem.Kind.BARE);
  }

  private static Handler notBuilt(String what) {
    Reply.Whole reply = Problem.notBuilt(what).reply(Problem.Kind.BARE);
    return call -> CompletableFuture.completedFuture(reply);
  }
}
