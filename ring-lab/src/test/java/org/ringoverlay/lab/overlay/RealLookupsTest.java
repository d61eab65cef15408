package org.ringoverlay.lab.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.lab.report.Progress;

/** Moments are microseconds; node b goes at 2,000 and is gone at 3,000. */
class RealLookupsTest {
  private static final Id A = Id.of(1L << 60, 0, 0);
  private static final Id B = Id.of(5L << 60, 0, 0);
  private static final Id C = Id.of(7L << 60, 0, 0);
  private static final Id NEAR_B = Id.of(5L << 60, 0, 9);
  private static final Id NEAR_A = Id.of(1L << 60, 0, 9);
  private static final Circle ALL = Circle.of(List.of(A, B, C), Arcs.standard());

  private final RealLookups lookups =
      new RealLookups(ALL, ALL.without(Set.of(B)), 1_000, 2_000, 3_000);
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private boolean holds() throws IOException {
    var out = new PrintStream(said, true, StandardCharsets.UTF_8);
    var burn = new Burn("real-kill", 1, 0, 0, null, out, new Progress(null));
    lookups.judge(burn, 1);
    return burn.holds();
  }

  @Test
  void aPlaceBelongsToItsRootUntilThatIsGoneAndThenToTheNext() {
    assertThat(lookups.isRight(NEAR_B, B, 1_500)).isTrue();
    assertThat(lookups.isRight(NEAR_B, B, 3_000)).isTrue();
    assertThat(lookups.isRight(NEAR_B, B, 3_001)).isFalse();
    assertThat(lookups.isRight(NEAR_B, C, 1_999)).isFalse();
    assertThat(lookups.isRight(NEAR_B, C, 2_000)).isTrue();
    assertThat(lookups.isRight(NEAR_B, A, 4_000)).isFalse();
    assertThat(lookups.isRight(NEAR_A, A, 4_000)).isTrue();
    assertThat(lookups.isRight(B, C, 4_000)).isTrue();
  }

  @Test
  void itBelongsToEitherWhileTheRootComesBack() {
    lookups.backBetween(5_000, 6_000);

    assertThat(lookups.isRight(NEAR_B, B, 4_999)).isFalse();
    assertThat(lookups.isRight(NEAR_B, B, 5_000)).isTrue();
    assertThat(lookups.isRight(NEAR_B, C, 6_000)).isTrue();
    assertThat(lookups.isRight(NEAR_B, C, 6_001)).isFalse();
  }

  @Test
  void aLookupMayFailTowardTheGoneAlone() throws IOException {
    lookups.take("missed 2500 " + NEAR_B + " timeout");
    lookups.take("found 2500 " + NEAR_A + " " + A + " 2600 2700");
    assertThat(holds()).isTrue();

    lookups.take("missed 2500 " + NEAR_A + " timeout");
    assertThat(holds()).isFalse();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("of 2 that failed 1 were not toward");
  }

  @Test
  void noneMayFailFiveSecondsLater() throws IOException {
    lookups.take("missed 5002999 " + NEAR_B + " timeout");
    assertThat(holds()).isTrue();

    lookups.take("missed 5003000 " + NEAR_B + " timeout");
    assertThat(holds()).isFalse();
  }

  @Test
  void aDeliveryAtAWrongRootCountsThoughNobodyWasAnswered() throws IOException {
    lookups.take("served - " + NEAR_A + " " + C + " 4000");
    assertThat(holds()).isFalse();
  }

  @Test
  void whatIsKnownOfAKilledNodeAreTheAnswersThatItGave() throws IOException {
    lookups.take("found 2500 " + NEAR_A + " " + B + " 2600 2700");
    assertThat(holds()).isFalse();
  }

  @Test
  void whatWasAskedWhileTheNodesWarmedUpDoesNotCount() throws IOException {
    lookups.take("missed 999 " + NEAR_A + " timeout");
    lookups.take("served - " + NEAR_A + " " + C + " 999");
    assertThat(holds()).isTrue();
  }

  @Test
  void aLineThatNobodyUnderstandsIsNotPassedOver() {
    assertThatThrownBy(() -> lookups.take("agreed 7")).isInstanceOf(AssertionError.class);
  }
}
