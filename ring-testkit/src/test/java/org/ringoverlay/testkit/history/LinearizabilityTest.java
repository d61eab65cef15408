package org.ringoverlay.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.ringoverlay.testkit.history.History.Operation;
import org.ringoverlay.testkit.history.Register.Answer;
import org.ringoverlay.testkit.history.Register.Ask;

class LinearizabilityTest {
  private static final int TRIED_MAX = 100_000;

  private final History<Ask, Answer> history = new History<>();

  private @Nullable String flaw() {
    return Linearizability.flaw(new Register(), history, TRIED_MAX);
  }

  private Operation<Ask> read() {
    return history.begin(new Ask.Read());
  }

  private Operation<Ask> write(@Nullable String value, @Nullable Long expected) {
    return history.begin(new Ask.Write(value, expected));
  }

  private void found(Operation<Ask> read, @Nullable String value, long version) {
    history.end(read, new Answer.Found(value, version));
  }

  private void written(Operation<Ask> write, long version) {
    history.end(write, new Answer.Written(version));
  }

  @Test
  void oneAfterTheOther() {
    written(write("a", null), 1);
    found(read(), "a", 1);
    written(write("b", 1L), 2);
    history.end(write("c", 1L), new Answer.Conflict());
    found(read(), "b", 2);
    written(write(null, null), 3);
    found(read(), null, 0);
    written(write("d", 0L), 4);
    assertThat(flaw()).isNull();
  }

  @Test
  void aReadOfWhatWasReplacedIsFound() {
    written(write("a", null), 1);
    written(write("b", null), 2);
    found(read(), "a", 1);
    assertThat(flaw()).contains("Read[] → Found[value=a, version=1]");
  }

  @Test
  void whatOverlapsMayBeSeenInEitherOrder() {
    Operation<Ask> first = write("a", null);
    Operation<Ask> second = write("b", null);
    Operation<Ask> read = read();
    found(read, "b", 1);
    written(first, 2);
    written(second, 1);
    found(read(), "a", 2);
    assertThat(flaw()).isNull();
  }

  @Test
  void twoReadsSeeTheSameOrder() {
    Operation<Ask> first = write("a", null);
    Operation<Ask> second = write("b", null);
    found(read(), "a", 1);
    found(read(), "b", 2);
    found(read(), "a", 1);
    written(first, 1);
    written(second, 2);
    assertThat(flaw()).isNotNull();
  }

  @Test
  void anUnknownOutcomeMayHaveHappenedLateOrNever() {
    written(write("a", null), 1);
    write("lost", null);
    found(read(), "a", 1);
    assertThat(flaw()).as("not yet, or never").isNull();
    found(read(), "lost", 7);
    found(read(), "lost", 7);
    assertThat(flaw()).as("late").isNull();
    found(read(), "a", 1);
    assertThat(flaw()).as("and not back again").isNotNull();
  }

  @Test
  void theVersionOfAnUnknownWriteIsOne() {
    write("lost", null);
    found(read(), "lost", 7);
    found(read(), "lost", 8);
    assertThat(flaw()).isNotNull();
  }

  @Test
  void aLostAcknowledgedWriteIsFound() {
    written(write("a", null), 1);
    written(write("b", 1L), 2);
    written(write("c", 1L), 3);
    assertThat(flaw()).isNotNull();
  }

  @Test
  void aVersionThatDoesNotGrowIsFound() {
    written(write("a", null), 5);
    written(write(null, null), 6);
    written(write("b", 0L), 6);
    assertThat(flaw()).isNotNull();
  }

  @Test
  void aConflictThatIsNoneIsFound() {
    written(write("a", null), 1);
    history.end(write("b", 1L), new Answer.Conflict());
    assertThat(flaw()).isNotNull();
  }

  @Test
  void aLookSeesWhetherAnythingIsThere() {
    looked(false);
    written(write("a", null), 1);
    looked(true);
    written(write(null, null), 2);
    assertThat(flaw()).isNull();

    looked(true);

    assertThat(flaw()).contains("Look[] → Seen[present=true]");
  }

  private void looked(boolean present) {
    history.end(history.begin(new Ask.Look()), new Answer.Seen(present));
  }

  @Test
  void aValueVanishesOnceItsTimeHasComeAndNotBefore() {
    written(write("a", null), 1);
    history.begin(new Ask.Vanish("a"));
    found(read(), "a", 1);
    found(read(), null, 0);
    written(write("b", 0L), 2);
    assertThat(flaw()).isNull();

    found(read(), null, 0);

    assertThat(flaw()).contains("Read[] → Found[value=null, version=0]");
  }

  @Test
  void whatWasWrittenInThePlaceOfAValueDoesNotVanishWithIt() {
    written(write("a", null), 1);
    written(write("b", null), 2);
    history.begin(new Ask.Vanish("a"));
    found(read(), null, 0);
    assertThat(flaw()).isNotNull();
  }

  @Test
  void whatDidNothingIsForgotten() {
    Operation<Ask> refused = write("x", null);
    history.forget(refused);
    found(read(), null, 0);
    assertThat(flaw()).isNull();
    assertThatThrownBy(() -> history.end(refused, new Answer.Written(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tooManyAtOnceAreToldApartFromAFlaw() {
    var reads = new ArrayList<Operation<Ask>>();
    for (int i = 0; i < 40; i++) {
      reads.add(read());
    }
    found(read(), "never", 1);
    reads.forEach(read -> found(read, null, 0));
    assertThatThrownBy(this::flaw)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("too many overlap");
  }

  @Test
  void manyThatWereNeverAnsweredAreDecidedWithFewTries() {
    for (int i = 0; i < 40; i++) {
      write("w" + i, i % 3 == 0 ? Long.valueOf(i) : null);
    }
    written(write("a", null), 1_000);
    found(read(), "w7", 1_001);
    history.end(write("b", 1_001L), new Answer.Conflict());
    found(read(), "w8", 1_002);
    assertThat(flaw()).isNull();

    found(read(), "w7", 1_001);
    assertThat(flaw()).contains("Read[] → Found[value=w7, version=1001]");
  }

  /** Short histories, most of them of nothing that is one object, against all orders that are. */
  @Test
  void decidesAsTryingEveryOrderDoes() {
    int linearizable = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      var random = new Random(seed);
      var told = new History<Ask, Answer>();
      List<Runnable> answers = new ArrayList<>();
      List<Boolean> answered = new ArrayList<>();
      for (int number = 0; number < 6; number++) {
        answered.add(random.nextInt(5) < 2);
        Operation<Ask> operation = told.begin(ask(random, number));
        if (answered.get(number)) {
          Answer answer = answer(random, operation.input());
          answers.add(() -> told.end(operation, answer));
        }
        while (!answers.isEmpty() && random.nextInt(3) == 0) {
          answers.remove(random.nextInt(answers.size())).run();
        }
      }
      answers.forEach(Runnable::run);
      boolean expected = isOrder(told, new BitSet(), new Register().initial());
      assertThat(Linearizability.flaw(new Register(), told, TRIED_MAX) == null)
          .as("seed " + seed)
          .isEqualTo(expected);
      linearizable += expected ? 1 : 0;
    }
    assertThat(linearizable).isBetween(2_000, 18_000);
  }

  private static Ask ask(Random random, int number) {
    if (random.nextInt(3) == 0) {
      return new Ask.Read();
    }
    Long expected = random.nextBoolean() ? null : Long.valueOf(random.nextInt(4));
    return new Ask.Write(random.nextInt(4) == 0 ? null : "v" + number, expected);
  }

  private static Answer answer(Random random, Ask asked) {
    if (asked instanceof Ask.Read) {
      int value = random.nextInt(6);
      return random.nextInt(3) == 0
          ? new Answer.Found(null, 0)
          : new Answer.Found("v" + value, 1 + random.nextInt(3));
    }
    return random.nextInt(3) == 0 ? new Answer.Conflict() : new Answer.Written(random.nextInt(4));
  }

  private static boolean isOrder(History<Ask, Answer> told, BitSet placed, Register.State state) {
    var over = new BitSet();
    boolean all = true;
    for (History.Event<Answer> event : told.events()) {
      int number = event.operation();
      if (event.begins()) {
        // Whoever begins after one that is over and not placed may not be before it.
        Answer output = outputOf(told, number);
        Register.State after =
            placed.get(number) || !isEmptyWithout(over, placed)
                ? null
                : new Register().after(state, told.operation(number).input(), output);
        if (after != null) {
          placed.set(number);
          boolean found = isOrder(told, placed, after);
          placed.clear(number);
          if (found) {
            return true;
          }
        }
      } else {
        over.set(number);
        all &= placed.get(number);
      }
    }
    return all;
  }

  private static boolean isEmptyWithout(BitSet some, BitSet others) {
    var left = (BitSet) some.clone();
    left.andNot(others);
    return left.isEmpty();
  }

  private static @Nullable Answer outputOf(History<Ask, Answer> told, int number) {
    return told.events().stream()
        .filter(event -> event.operation() == number && !event.begins())
        .map(History.Event::output)
        .findFirst()
        .orElse(null);
  }

  /** Each of these may be seen by the time, and the versions alone tell in which order. */
  @Test
  void manyThatOverlapAreOrderedByTheVersionsThatTheyWereTold() {
    var writes = new ArrayList<Operation<Ask>>();
    var reads = new ArrayList<Operation<Ask>>();
    for (int number = 0; number < 24; number++) {
      writes.add(write("v" + number, null));
      write("unknown " + number, null);
      reads.add(read());
    }
    for (int number = 0; number < 24; number++) {
      int place = (number * 7) % 24;
      written(writes.get(number), 1 + place);
      found(reads.get(number), "v" + number, 1 + place);
    }
    assertThat(flaw()).isNull();
    found(read(), "v0", 1);
    assertThat(flaw()).isNotNull();
  }

  /** Histories of an object that is one, by clients that overlap; and the same with one lie. */
  @Test
  void histories() {
    int flaws = 0;
    for (int seed = 0; seed < 300; seed++) {
      assertThat(flawOf(seed, false)).as("seed " + seed).isNull();
      flaws += flawOf(seed, true) == null ? 0 : 1;
    }
    assertThat(flaws).as("lies that were found").isGreaterThan(290);
  }

  private static @Nullable String flawOf(int seed, boolean lies) {
    var random = new Random(seed);
    var told = new History<Ask, Answer>();
    var spec = new Register();
    Register.State state = spec.initial();
    long version = 0;
    List<Runnable> answers = new ArrayList<>();
    int lie = 20 + random.nextInt(50);
    for (int number = 0; number < 100; number++) {
      boolean reads = random.nextBoolean();
      if (reads || number == lie) {
        Operation<Ask> read = told.begin(new Ask.Read());
        var answer =
            number == lie && lies
                ? new Answer.Found("a lie", 1)
                : new Answer.Found(state.value(), state.version());
        answers.add(() -> told.end(read, answer));
      } else {
        Long expected = random.nextBoolean() ? (Long) state.version() : null;
        Operation<Ask> write = told.begin(new Ask.Write("v" + number, expected));
        version++;
        state = new Register.State("v" + number, version, version);
        var answer = new Answer.Written(version);
        answers.add(() -> told.end(write, answer));
      }
      while (answers.size() > 4 || (!answers.isEmpty() && random.nextInt(3) == 0)) {
        answers.remove(random.nextInt(answers.size())).run();
      }
    }
    return Linearizability.flaw(spec, told, 10_000_000);
  }
}
