package org.ringoverlay.lab;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The modules as the table of the architecture page has them, told apart by package.
 *
 * <p>A planted class counts as one of the module whose package it imitates.
 */
final class Modules {
  static final String ROOT = "org.ringoverlay";
  static final String PLANTED = ROOT + ".lab.planted";

  /** What a module may know of the others, and of libraries by the beginning of a package. */
  record Allowed(List<String> modules, List<String> libraries) {}

  // What every module may use: the platform, the annotations for null, the facade for logs.
  private static final List<String> COMMON = List.of("java.", "org.jspecify.", "org.slf4j.");

  static final Map<String, Allowed> TABLE = table();

  private Modules() {}

  private static Map<String, Allowed> table() {
    var table = new TreeMap<String, Allowed>();
    List<String> core = List.of("core");
    table.put("core", new Allowed(List.of(), List.of("com.fasterxml.jackson.")));
    table.put("transport.netty", new Allowed(core, List.of("io.netty.")));
    table.put("store", new Allowed(core, List.of("org.rocksdb.")));
    table.put("dht", new Allowed(core, List.of()));
    table.put("pubsub", new Allowed(core, List.of()));
    table.put(
        "testkit",
        new Allowed(
            core,
            List.of(
                "org.junit.jupiter.api.",
                "org.junit.platform.commons.",
                "org.opentest4j.",
                "org.apiguardian.")));
    List<String> console = List.of("core", "dht", "pubsub", "store", "transport.netty");
    table.put(
        "console",
        new Allowed(
            console,
            List.of(
                "ch.qos.logback.",
                "com.fasterxml.jackson.",
                "io.micrometer.",
                "io.netty.",
                "jdk.jfr.",
                "picocli.")));
    var examples = new ArrayList<>(console);
    examples.addAll(List.of("console", "testkit"));
    table.put("examples", new Allowed(List.copyOf(examples), List.of()));
    var lab = new ArrayList<>(examples);
    lab.add("examples");
    table.put("lab", new Allowed(List.copyOf(lab), List.of("")));
    return Collections.unmodifiableMap(table);
  }

  /** The package of a class, for a planted one that which it imitates. */
  static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(PLANTED) ? ROOT + name.substring(PLANTED.length()) : name;
  }

  /** The module of one of our classes; null for a class that is not ours. */
  static String moduleOf(JavaClass type) {
    String name = packageOf(type);
    if (!name.equals(ROOT) && !name.startsWith(ROOT + ".")) {
      return null;
    }
    for (String module : TABLE.keySet()) {
      String root = ROOT + "." + module;
      if (name.equals(root) || name.startsWith(root + ".")) {
        return module;
      }
    }
    return "core";
  }

  static boolean mayUseLibrary(String module, JavaClass library) {
    String name = library.getPackageName() + ".";
    return COMMON.stream().anyMatch(name::startsWith)
        || TABLE.get(module).libraries().stream().anyMatch(name::startsWith);
  }

  /** The exported packages of all our modules, as their descriptors say; modules by name. */
  static Map<String, Set<String>> exported() {
    var exported = new TreeMap<String, Set<String>>();
    try {
      var descriptors =
          Collections.list(Modules.class.getClassLoader().getResources("module-info.class"));
      for (URL descriptor : descriptors) {
        try (InputStream in = descriptor.openStream()) {
          ModuleDescriptor module = ModuleDescriptor.read(in);
          if (module.name().startsWith(ROOT)) {
            var packages = new TreeSet<String>();
            module.exports().forEach(export -> packages.add(export.source()));
            exported.put(module.name(), packages);
          }
        }
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return exported;
  }
}
