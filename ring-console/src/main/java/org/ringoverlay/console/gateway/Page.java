package org.ringoverlay.console.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The live view: the files of a page that asks this gateway alone.
 *
 * <p>The policy that goes with each file lets a browser load and ask for nothing from elsewhere,
 * run no script that stands in the page itself, and make no markup of text, so that a name that
 * somebody gave to his node stays a name.
 */
final class Page {
  private static final Map<String, String> TYPES = types();
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private final Map<String, Reply.Whole> read = new ConcurrentHashMap<>();

  private static Map<String, String> types() {
    var types = new LinkedHashMap<String, String>();
    types.put("ring.html", "text/html; charset=utf-8");
    types.put("ring.css", "text/css; charset=utf-8");
    types.put("ring.svg", "image/svg+xml");
    for (String script : new String[] {"ring", "circle", "key", "shapes", "timeline"}) {
      types.put(script + ".js", "text/javascript; charset=utf-8");
    }
    return types;
  }

  /** What answers for a file; null if there is none of this name. */
  Routes.@Nullable Handler file(String name) {
    String type = TYPES.get(name);
    return type == null
        ? null
        : call -> {
          call.allowOnly();
          return CompletableFuture.completedFuture(
              read.computeIfAbsent(name, wanted -> read(wanted, type)));
        };
  }

  private static Reply.Whole read(String name, String type) {
    try (InputStream in = Page.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the file " + name + " of the live view is not there");
      }
      return new Reply.Whole(200, type, in.readAllBytes(), Map.of())
          .with("Content-Security-Policy", POLICY)
          .with("X-Frame-Options", "DENY")
          .with("Referrer-Policy", "no-referrer")
          .with("Cross-Origin-Resource-Policy", "same-origin")
          .with("Cross-Origin-Opener-Policy", "same-origin");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
