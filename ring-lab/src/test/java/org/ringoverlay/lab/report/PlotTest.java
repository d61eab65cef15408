package org.ringoverlay.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.ringoverlay.testkit.stats.Distribution;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class PlotTest {
  @Test
  void aLineStandsWhereItsNumbersAre() throws Exception {
    String svg =
        new Plot("Lookups <lost>", "nodes", "share & bound")
            .line("ring", new double[] {0, 50, 100}, new double[] {0, 5, 10})
            .bound("held to", 8)
            .toSvg();

    Document read = parse(svg);
    Element line = only(read, "path", "s0 line");
    assertThat(line.getAttribute("d")).isEqualTo("M76.0 344.0L382.0 204.0L688.0 64.0");
    assertThat(read.getDocumentElement().getAttribute("aria-label"))
        .isEqualTo(
            "Lookups <lost>. nodes against share & bound. ring: from 0 at 0 to 10 at 100. held to 8.");
    assertThat(only(read, "path", "bound").getAttribute("d")).isEqualTo("M76.0 120.0L688.0 120.0");
    assertThat(svg).contains("prefers-color-scheme: dark").doesNotContain("http://www.w3.org/1999");
  }

  @Test
  void aDistributionIsAStairThatEndsAtAll() throws Exception {
    var numbers = new Distribution();
    List.of(1L, 1L, 1L, 3L).forEach(numbers::add);
    String svg = Plot.cdf("Hops", "hops").distribution("ring", numbers).toSvg();

    assertThat(only(parse(svg), "path", "s0 line").getAttribute("d"))
        .startsWith("M76.0 344.0H76.0L76.0 274.0")
        .endsWith("H688.0L688.0 64.0");
  }

  @Test
  void aHistogramHoldsEachNumberOnce() throws Exception {
    var numbers = new Distribution();
    for (int i = 0; i < 100; i++) {
      numbers.add(i);
    }
    Document read = parse(Plot.histogram("Even", "number", numbers, 10).toSvg());

    var bars = read.getElementsByTagName("rect");
    assertThat(bars.getLength()).isEqualTo(10);
    for (int i = 0; i < 10; i++) {
      assertThat(((Element) bars.item(i)).getAttribute("height")).isEqualTo("280.0");
    }
  }

  @Test
  void axesBeginAndEndAtRoundNumbers() {
    assertThat(Axis.over(List.of(3.0, 97.0), false, true)).isEqualTo(new Axis(0, 100, false));
    assertThat(Axis.over(List.of(0.002, 812.0), true, false))
        .isEqualTo(new Axis(0.001, 1_000, true));
    assertThat(Axis.over(List.of(5.0), false, true).ticks()).contains(0.0, 5.0);
    assertThat(new Axis(1, 1e6, true).at(1_000)).isEqualTo(0.5);
    assertThat(Axis.label(0.05)).isEqualTo("0.05");
    assertThat(Axis.label(10_000)).isEqualTo("10,000");
    assertThat(Axis.label(1e-6)).isEqualTo("1e-6");
    assertThat(Axis.label(2e9)).isEqualTo("2e9");
  }

  @Test
  void whatIsNoPointIsRefused() {
    var plot = new Plot("t", "x", "y");
    assertThatThrownBy(() -> plot.line("a", new double[] {1}, new double[] {Double.NaN}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> plot.line("a", new double[] {1}, new double[] {1, 2}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void samplesForTheEye() throws IOException {
    var calm = new Distribution();
    var storm = new Distribution();
    for (int i = 1; i <= 5_000; i++) {
      calm.add(200 + (i * 7_919L) % 300);
      storm.add(250 + (long) (200 / (1 - (i - 1) / 5_000.0)));
    }
    Path directory = Files.createDirectories(Path.of("target", "plots"));
    Files.writeString(
        directory.resolve("cdf.svg"),
        Plot.cdf("How long a lookup takes", "microseconds")
            .logX()
            .distribution("calm", calm)
            .distribution("5 % loss and churn", storm)
            .toSvg());
    Files.writeString(
        directory.resolve("histogram.svg"),
        Plot.histogram("How long a lookup takes", "microseconds", calm, 30).toSvg());
    Files.writeString(
        directory.resolve("lines.svg"),
        new Plot("Maintenance and the size of the ring", "nodes", "messages per node and second")
            .logX()
            .line(
                "one-hour sessions",
                new double[] {10, 100, 1_000, 10_000},
                new double[] {0.1, 0.18, 0.31, 0.44})
            .line(
                "ten-minute sessions",
                new double[] {10, 100, 1_000, 10_000},
                new double[] {0.2, 0.3, 0.46, 0.61})
            .bound("held to 0.5", 0.5)
            .toSvg());
    assertThat(directory.resolve("cdf.svg")).isNotEmptyFile();
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static Element only(Document document, String name, String kind) {
    var found = document.getElementsByTagName(name);
    for (int i = 0; i < found.getLength(); i++) {
      Element element = (Element) found.item(i);
      if (element.getAttribute("class").equals(kind)) {
        return element;
      }
    }
    throw new AssertionError("no " + name + " of class " + kind);
  }
}
