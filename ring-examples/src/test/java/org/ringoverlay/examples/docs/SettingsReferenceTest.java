package org.ringoverlay.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.ringoverlay.RingExtension;
import org.ringoverlay.console.node.RunningNode;
import org.ringoverlay.internal.node.CoreSettings;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.spi.StoreProvider;
import org.ringoverlay.spi.TransportProvider;

/**
 * The reference of settings is what the code says. {@code -Dringtest.docs.write=true} writes it
 * anew.
 */
class SettingsReferenceTest {
  private static final Path PAGE = Path.of("docs", "reference", "settings.md");
  private static final String WRITE =
      "mvn -pl ring-examples -am test -Dtest=SettingsReferenceTest -Dringtest.docs.write=true";

  @Test
  void isUpToDate() throws IOException {
    String expected = page();
    Path file = Pages.root().resolve(PAGE);
    if (Boolean.getBoolean("ringtest.docs.write")) {
      Files.writeString(file, expected);
    }
    assertThat(Pages.read(PAGE)).as("%s is stale; run: %s", PAGE, WRITE).isEqualTo(expected);
  }

  private static String page() {
    var text = new StringBuilder();
    text.append(
        """
        # Settings

        Written by `SettingsReferenceTest` from the constants of the code; change a setting there, then run

        ```
        %s
        ```

        A setting has one name everywhere: `RingBuilder.set(name, value)`, a system property, a line of a YAML file,
        an option `--set name=value` of `ring node`. In the environment the dots become underscores and the letters capital:
        `ring.join.timeout` is `RING_JOIN_TIMEOUT`. A name that does not exist is an error that names the nearest one; a value
        that breaks its rule is an error that names the rule. Of several places the first wins: the builder or the command
        line, then the sources in the order in which they were given, then the default.

        Durations are written `[0-9]+(ms|s|m|h|d)`, sizes in bytes or with `KiB`, `MiB`, `GiB`.
        """
            .formatted(WRITE));
    section(text, "Core", "Every node has these; the artifact is `ring-core`.", CoreSettings.ALL);
    section(text, "Transport", "With `ring-transport-netty`.", all(TransportProvider.class));
    section(
        text,
        "Store",
        "With `ring-store`, for a node that has a data directory.",
        all(StoreProvider.class));
    var extensions =
        ServiceLoader.load(RingExtension.class).stream()
            .map(ServiceLoader.Provider::get)
            .sorted(Comparator.comparing(RingExtension::name))
            .toList();
    for (RingExtension extension : extensions) {
      String name = "`" + extension.name() + "`";
      section(text, "Extension " + name, "With the artifact that brings it.", extension.settings());
    }
    section(
        text,
        "Runnable node",
        "With `ring-console`: what `ring node` knows beside all of the above.",
        RunningNode.settings());
    return text.toString();
  }

  private static List<Setting<?>> all(Class<?> kind) {
    var settings = new ArrayList<Setting<?>>();
    for (Object provider : ServiceLoader.load(kind)) {
      if (provider instanceof TransportProvider transport) {
        settings.addAll(transport.settings());
      } else if (provider instanceof StoreProvider store) {
        settings.addAll(store.settings());
      }
    }
    return settings;
  }

  private static void section(
      StringBuilder text, String title, String about, List<Setting<?>> settings) {
    text.append("\n## ").append(title).append("\n\n").append(about).append("\n\n");
    if (settings.isEmpty()) {
      text.append("It adds no settings.\n");
      return;
    }
    text.append("| setting | default | is | does |\n|---|---|---|---|\n");
    settings.stream()
        .sorted(Comparator.comparing(Setting::name))
        .forEach(
            setting ->
                text.append("| `")
                    .append(setting.name())
                    .append("` | ")
                    .append(
                        setting.defaultText().isEmpty()
                            ? "empty"
                            : "`" + setting.defaultText() + "`")
                    .append(" | ")
                    .append(setting.rule())
                    .append(" | ")
                    .append(setting.doc())
                    .append(" |\n"));
  }
}
