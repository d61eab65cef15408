package org.ringoverlay.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every Java snippet of the README and the docs compiles, with the imports that the how-to's first
 * page states.
 *
 * <p>A snippet of imports and types alone stands for a file. Any other stands for statements of a
 * method that has a node, {@code ring}, and its {@code dht} and {@code topics}, unless it makes its
 * own.
 */
class SnippetsTest {
  private static final Path IMPORTS_PAGE = Path.of("docs", "how-to", "README.md");
  private static final Pattern OF_A_FILE =
      Pattern.compile(
          "(import |package |@|((public|final|sealed|abstract) )*(class|interface|record|enum) ).*");

  @TempDir Path classes;

  @Test
  void theReadmeShowsTheProgramAsItStands() throws Exception {
    String file = Files.readString(Path.of("src/main/java/org/ringoverlay/examples/Hello.java"));
    String program = file.substring(file.indexOf("public final class Hello"));
    assertThat(Pages.blocks(Path.of("README.md")))
        .filteredOn(block -> block.language().equals("java"))
        .first()
        .extracting(Pages.Block::text)
        .isEqualTo(program);
    assertThat(program.lines()).hasSizeLessThanOrEqualTo(25);
  }

  @Test
  void everySnippetCompiles() {
    List<Pages.Block> snippets = Pages.blocks("java");
    assertThat(snippets).hasSizeGreaterThan(5);
    assertThat(errorsOf(snippets)).isEmpty();
  }

  @Test
  void aSnippetThatIsWrongIsFound() {
    var wrong = new Pages.Block(Path.of("page.md"), 7, "java", "ring.noSuchMethod();\n");
    assertThat(errorsOf(List.of(wrong))).singleElement().asString().startsWith("page.md:7 ");
  }

  private List<String> errorsOf(List<Pages.Block> snippets) {
    String imports =
        Pages.blocks(IMPORTS_PAGE).stream()
            .filter(block -> block.language().equals("java"))
            .findFirst()
            .orElseThrow()
            .text();
    var sources = new ArrayList<Source>();
    for (Pages.Block block : snippets) {
      sources.add(new Source(block, "s" + sources.size(), imports));
    }
    var found = new DiagnosticCollector<JavaFileObject>();
    ToolProvider.getSystemJavaCompiler()
        .getTask(
            null,
            null,
            found,
            List.of(
                "-proc:none",
                "--release",
                "17",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path")),
            null,
            sources)
        .call();
    return found.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(SnippetsTest::describe)
        .toList();
  }

  private static String describe(Diagnostic<? extends JavaFileObject> diagnostic) {
    String what = diagnostic.getMessage(Locale.ROOT);
    return diagnostic.getSource() instanceof Source source
        ? source.block.place() + " " + what + "\n" + source.line(diagnostic.getLineNumber())
        : what;
  }

  /** A snippet as a file, in a package of its own. */
  private static final class Source extends SimpleJavaFileObject {
    final Pages.Block block;
    private final String code;

    Source(Pages.Block block, String packageName, String imports) {
      super(URI.create("string:///" + packageName + "/" + fileName(block)), Kind.SOURCE);
      this.block = block;
      String text = block.text();
      if (text.startsWith("package ")) {
        this.code = text;
      } else if (isFile(text)) {
        this.code = "package " + packageName + ";\n" + imports + text;
      } else {
        this.code =
            "package "
                + packageName
                + ";\n"
                + imports
                + "class Snippet {\n  void run("
                + String.join(", ", given(text))
                + ") throws Exception {\n"
                + text
                + "  }\n}\n";
      }
    }

    /** Whether there are imports and types alone, and no statement beside them. */
    private static boolean isFile(String text) {
      return text.lines()
          .filter(line -> !line.isBlank() && !" }/".contains(line.substring(0, 1)))
          .allMatch(line -> OF_A_FILE.matcher(line).matches());
    }

    private static List<String> given(String text) {
      var parameters = new ArrayList<String>();
      parameter(parameters, text, "Ring", "ring");
      parameter(parameters, text, "Dht", "dht");
      parameter(parameters, text, "Topics", "topics");
      return parameters;
    }

    private static void parameter(List<String> all, String text, String type, String name) {
      if (!Pattern.compile("(var|" + type + ") " + name + "\\b").matcher(text).find()) {
        all.add(type + " " + name);
      }
    }

    private static String fileName(Pages.Block block) {
      var type =
          Pattern.compile(
                  "^public (?:(?:final|sealed|abstract) )*(?:class|interface|record|enum) (\\w+)",
                  Pattern.MULTILINE)
              .matcher(block.text());
      return (type.find() ? type.group(1) : "Snippet") + ".java";
    }

    String line(long number) {
      return number < 1 ? "" : code.lines().skip(number - 1).findFirst().orElse("");
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }
}
