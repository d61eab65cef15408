package org.ringoverlay.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A link of README or docs leads to a file that is there, and to a heading that it has. */
class LinksTest {
  private static final Pattern LINK =
      Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|srcset)=\"([^\"]+)\"");

  @Test
  void everyLinkLeadsSomewhere() {
    var broken = new ArrayList<String>();
    int links = 0;
    for (Path page : Pages.all()) {
      Matcher matcher = LINK.matcher(withoutCode(Pages.read(page)));
      while (matcher.find()) {
        String link = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        if (link.matches("[a-z]+:.*")) {
          continue;
        }
        links++;
        if (!leadsSomewhere(page, link)) {
          broken.add(page + " → " + link);
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(10);
  }

  private static boolean leadsSomewhere(Path page, String link) {
    String file = link.replaceFirst("#.*", "");
    Path here = Pages.root().resolve(page);
    Path target = file.isEmpty() ? here : here.resolveSibling(file).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    int hash = link.indexOf('#');
    return hash < 0
        || Pages.anchors(Pages.root().relativize(target)).contains(link.substring(hash + 1));
  }

  private static String withoutCode(String markdown) {
    return markdown.replaceAll("(?s)```.*?\n *```", "").replaceAll("`[^`\n]*`", "");
  }
}
