package org.ringoverlay.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.lab.report.Run.Kind;
import org.ringoverlay.lab.report.Run.Note;
import org.w3c.dom.Document;

class ReportTest {
  @TempDir Path directory;

  private static Run run(String profile, long seed, Note... notes) {
    return new Run(profile, seed, "a ring", "here & now", "1 s", "again", List.of(notes));
  }

  @Test
  void onePageShowsAllRunsThatAreInADirectory() throws Exception {
    Report.add(directory, run("kill", 1, new Note(Kind.HOLDS, "none lost")));
    Path page =
        Report.add(
            directory,
            run("split", 2, new Note(Kind.FAILS, "31 s > 30 s"), new Note(Kind.PLOT, "a.svg")));

    Document read = parse(Files.readString(page));

    assertThat(read.getElementsByTagName("section").getLength()).isEqualTo(2);
    String words = read.getDocumentElement().getTextContent();
    assertThat(words).contains("1 of 2 runs hold.", "holds none lost");
    assertThat(words).contains("does NOT hold 31 s > 30 s");
    assertThat(read.getElementsByTagName("img").item(0).getAttributes().getNamedItem("src"))
        .hasToString("src=\"a.svg\"");
  }

  @Test
  void aRunReplacesWhatItsProfileAndSeedSaidBefore() throws Exception {
    Report.add(directory, run("kill", 1, new Note(Kind.FAILS, "3 lost")));
    Path page = Report.add(directory, run("kill", 1, new Note(Kind.HOLDS, "none lost")));

    assertThat(Files.readString(page)).contains("none lost").doesNotContain("3 lost");
  }

  @Test
  void whatARunSaysCannotBreakThePage() throws Exception {
    String odd = "a <script>\"&\nof two lines";
    Path page = Report.add(directory, run("kill", 1, new Note(Kind.FIGURE, odd)));

    Document read = parse(Files.readString(page));

    assertThat(read.getElementsByTagName("script").getLength()).isZero();
    assertThat(read.getElementsByTagName("pre").item(0).getTextContent()).isEqualTo(odd);
  }

  @Test
  void thePageAsksForNothingThatIsNotBesideIt() throws Exception {
    Path page = Report.add(directory, run("kill", 1, new Note(Kind.PLOT, "kill-1-failed.svg")));

    assertThat(Files.readString(page)).doesNotContain("http:", "https:", "//", "url(");
  }

  @Test
  void aFileThatIsNoRunIsNotReadAsOne() {
    assertThatThrownBy(() -> Run.parse(List.of("nothing")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Document parse(String html) throws Exception {
    String xml = html.replace("<!DOCTYPE html>\n", "");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }
}
