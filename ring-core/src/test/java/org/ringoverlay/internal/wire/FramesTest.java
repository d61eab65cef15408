package org.ringoverlay.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.wire.Frames.Read;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.OutboundFrame;
import org.ringoverlay.view.MemberState;

class FramesTest {
  private static final int HOPS = 4;
  private static final int HOPS_MAX = 5;
  private static final int REQUEST_HOPS = 6;
  private static final int INCARNATION = 48;
  private static final int SEQUENCE = 56;
  private static final int OLDEST_OPEN = 64;
  private static final int NAME_BYTES = 76;

  private static byte[] bytes(OutboundFrame frame) {
    ByteBuffer buffer = ByteBuffer.allocate(frame.sizeBytes());
    frame.writeTo(buffer);
    assertThat(buffer.hasRemaining()).isFalse();
    return buffer.array();
  }

  private static Envelope envelope(
      Kind kind, int flags, int hops, long sequence, long micros, String service, byte[] payload) {
    return new Envelope(
        kind,
        flags,
        hops,
        64,
        hops,
        Id.MAX,
        Id.ZERO,
        sequence,
        sequence,
        kind == Kind.REQUEST ? sequence : 0,
        kind == Kind.REQUEST ? Envelope.attempt(hops) : sequence,
        micros,
        service,
        payload,
        0,
        payload.length);
  }

  private static Envelope usual() {
    return envelope(Kind.REQUEST, 0, 1, 7, 1_000, "echo", "{\"x\":1}".getBytes(UTF_8));
  }

  private static byte[] link(String json) {
    byte[] text = json.getBytes(UTF_8);
    return linkOf(text);
  }

  private static byte[] linkOf(byte[] text) {
    byte[] frame = new byte[2 + text.length];
    frame[0] = 1;
    frame[1] = 1;
    System.arraycopy(text, 0, frame, 2, text.length);
    return frame;
  }

  @Test
  void envelopesComeBackAsTheyWentWithEveryFieldAtItsBounds() {
    for (Kind kind : List.of(Kind.REQUEST, Kind.REPLY, Kind.FAILURE)) {
      for (int flags : new int[] {0, 1, 7, 0xFFFF}) {
        for (int hops : new int[] {0, 1, 64}) {
          for (long sequence : new long[] {1, 2, Long.MAX_VALUE}) {
            for (long micros : new long[] {0, 1, Envelope.MICROS_LEFT_MAX}) {
              for (String service : List.of("e", "dienst-ü", "x".repeat(128), "ü".repeat(64))) {
                for (int length : new int[] {0, 1, 70_000}) {
                  Envelope sent =
                      envelope(kind, flags, hops, sequence, micros, service, new byte[length]);
                  assertThat(Frames.read(bytes(sent))).isEqualTo(new Read.Travelling(sent, 0));
                }
              }
            }
          }
        }
      }
    }
  }

  @Test
  void payloadMayBeAPartOfAnArray() {
    byte[] array = "xx{\"a\":1}yy".getBytes(UTF_8);
    Envelope whole = usual();
    var part =
        new Envelope(
            Kind.REQUEST,
            0,
            1,
            64,
            1,
            whole.target(),
            whole.origin(),
            7,
            7,
            7,
            1,
            1_000,
            "echo",
            array,
            2,
            7);
    Envelope read = ((Read.Travelling) Frames.read(bytes(part))).envelope();
    assertThat(new String(read.array(), read.offset(), read.length(), UTF_8))
        .isEqualTo("{\"a\":1}");
    assertThat(bytes(read)).as("forwarded as it came").isEqualTo(bytes(part));
  }

  @Test
  void timeBeyondTheHeaderIsSaidAsTheMost() {
    Envelope long5 = envelope(Kind.REQUEST, 0, 1, 7, 1L << 40, "echo", new byte[0]);
    Envelope read = ((Read.Travelling) Frames.read(bytes(long5))).envelope();
    assertThat(read.microsLeft()).isEqualTo(Envelope.MICROS_LEFT_MAX);
  }

  @Test
  void aHopCarriesItsRequestAndItsNumber() {
    Envelope sent = usual();
    assertThat(Frames.read(bytes(Frames.hop(7, sent)))).isEqualTo(new Read.Travelling(sent, 7));
    assertThat(bytes(Frames.hop(7, sent))).hasSize(6 + sent.sizeBytes());
    for (int number : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertThat(Frames.read(bytes(Frames.hop(number, sent)))).isInstanceOf(Read.Malformed.class);
    }
    Envelope answer = sent.answer(Kind.REPLY, 0, Id.MAX, "1".getBytes(UTF_8));
    assertThat(Frames.read(bytes(Frames.hop(7, answer)))).isEqualTo(new Read.Travelling(answer, 7));
    byte[] nested = bytes(Frames.hop(7, sent));
    for (byte kind : new byte[] {1, 5, 6}) {
      nested[7] = kind;
      assertThat(Frames.read(nested)).isInstanceOf(Read.Malformed.class);
    }
    nested[7] = 99;
    assertThat(Frames.read(nested)).as("of a newer node").isInstanceOf(Read.Unknown.class);
    nested[6] = 2;
    assertThat(Frames.read(nested)).as("of a newer node").isInstanceOf(Read.Unknown.class);
    byte[] whole = bytes(Frames.hop(7, sent));
    for (int length = 2; length < whole.length - sent.length(); length++) {
      assertThat(Frames.read(Arrays.copyOf(whole, length))).isInstanceOf(Read.Malformed.class);
    }
  }

  @Test
  void acknowledgementsComeBackAsTheyWentAndAreBounded() {
    List<Integer> numbers = List.of(1, 2, Integer.MAX_VALUE);
    assertThat(Frames.read(bytes(Frames.acks(numbers)))).isEqualTo(new Read.Acks(numbers));
    assertThat(Frames.read(bytes(Frames.acks(List.of())))).isInstanceOf(Read.Malformed.class);
    for (int number : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertThat(Frames.read(bytes(Frames.acks(List.of(1, number)))))
          .isInstanceOf(Read.Malformed.class);
    }
    var many = new ArrayList<Integer>();
    for (int i = 0; i <= Frames.ACKS_MAX; i++) {
      many.add(i);
    }
    assertThat(Frames.read(bytes(Frames.acks(many)))).isInstanceOf(Read.Malformed.class);
    assertThat(Frames.read(Arrays.copyOf(bytes(Frames.acks(numbers)), 9)))
        .isInstanceOf(Read.Malformed.class);
  }

  @Test
  void everyLinkMessageComesBackAsItWent() {
    Json card = Facts.fact(Facts.node(3), 1, MemberState.ALIVE).card();
    var entry = new Entry(card, 1, MemberState.SUSPECT, "no answer for 812 ms");
    List<LinkMessage> messages =
        List.of(
            new LinkMessage.Hello(1, 2, List.of("a"), "ring", "", card, 7L),
            new LinkMessage.Welcome(1, List.of(), "ring", "0".repeat(32), card, null),
            new LinkMessage.Reject(
                ErrorJson.toJson(new org.ringoverlay.error.RingException.Closed("x")), card),
            new LinkMessage.Join(entry),
            new LinkMessage.Joined("0".repeat(32), 12, List.of(entry, entry), 3L),
            new LinkMessage.NotReady("JOINING"),
            new LinkMessage.Settle(1, entry, "00ff00ffabcdef01", List.of(0, 0xFFFF)),
            new LinkMessage.Settled(
                Long.MAX_VALUE, List.of(), 7L, new LinkMessage.Stretch(Id.ZERO, Id.MAX)),
            new LinkMessage.Ping(Long.MAX_VALUE, Long.MIN_VALUE),
            new LinkMessage.Pong(0, -1),
            new LinkMessage.Probe(Id.MAX, true),
            new LinkMessage.Probed(Id.ZERO, true),
            new LinkMessage.News(List.of(entry), 3),
            new LinkMessage.Lacking(List.of(entry)),
            new LinkMessage.Beat(
                -1, List.of(new LinkMessage.Seen(Facts.node(1), 1, 2, MemberState.LEFT)), 2L),
            new LinkMessage.Scale(1),
            new LinkMessage.Idle(),
            new LinkMessage.Sums(List.of(0L, Long.MIN_VALUE)),
            new LinkMessage.Have(
                List.of(0, 63),
                List.of(new LinkMessage.Seen(Facts.node(1), 1, 2, MemberState.DEAD))),
            new LinkMessage.Want(List.of(Id.ZERO, Id.MAX)),
            new LinkMessage.NotUnderstood("frame kind 9"));
    assertThat(messages).as("one of each").hasSize(LinkMessage.TYPES.size());
    for (LinkMessage message : messages) {
      assertThat(Frames.read(bytes(Frames.write(message)))).isEqualTo(new Read.Link(message));
    }
  }

  @Test
  void fieldsThatANewerNodeAddsAreIgnored() {
    assertThat(Frames.read(link("{\"type\":\"ping\",\"number\":1,\"digest\":2,\"new\":{}}")))
        .isEqualTo(new Read.Link(new LinkMessage.Ping(1, 2)));
  }

  @Test
  void aFactInAStateOfANewerNodeIsLeftOutAndTheOthersOfItsMessageCount() {
    String known = Json.of(Facts.fact(Facts.node(3), 1, MemberState.ALIVE)).toString();
    String newer = known.replace("ALIVE", "OBSERVER");
    assertThat(newer).isNotEqualTo(known);

    Read read = Frames.read(link("{\"type\":\"news\",\"entries\":[" + newer + "," + known + "]}"));

    LinkMessage.News news = (LinkMessage.News) ((Read.Link) read).message();
    assertThat(news.entries()).extracting(Entry::state).containsExactly(null, MemberState.ALIVE);
    for (String type : List.of("lacking", "joined", "settled")) {
      String rest =
          type.equals("settled")
              ? "\"round\":1,\"around\":["
              : "\"ringIdentity\":\"0\",\"arcBits\":1,\"entries\":[";
      assertThat(Frames.read(link("{\"type\":\"" + type + "\"," + rest + newer + "]}")))
          .isInstanceOf(Read.Link.class);
    }
    for (String facts :
        List.of("\"beat\",\"digest\":1,\"facts\"", "\"have\",\"parts\":[1],\"seen\"")) {
      String seen =
          Json.of(new LinkMessage.Seen(Facts.node(1), 1, 2, MemberState.LEFT))
              .toString()
              .replace("LEFT", "OBSERVER");
      assertThat(Frames.read(link("{\"type\":" + facts + ":[" + seen + "]}")))
          .isInstanceOf(Read.Link.class);
    }
    for (String wrong : List.of("7", "{}", "[\"ALIVE\"]", "true")) {
      String broken = known.replace("\"ALIVE\"", wrong);
      assertThat(Frames.read(link("{\"type\":\"news\",\"entries\":[" + broken + "]}")))
          .as("a state that is no name")
          .isInstanceOf(Read.Malformed.class);
    }
  }

  @Test
  void unknownVersionKindAndTypeAreUnknownAndNotMalformed() {
    byte[] frame = bytes(usual());
    frame[0] = 2;
    assertThat(Frames.read(frame)).isInstanceOf(Read.Unknown.class);
    frame[0] = 1;
    for (byte kind : new byte[] {0, 7, 99, -1}) {
      frame[1] = kind;
      assertThat(Frames.read(frame)).isInstanceOf(Read.Unknown.class);
    }
    assertThat(Frames.read(link("{\"type\":\"teleport\",\"x\":1}")))
        .isInstanceOf(Read.Unknown.class);
    assertThat(Frames.read(link("{\"type\":\"seen\"}")))
        .as("a part of messages is no message")
        .isNotInstanceOf(Read.Link.class);
  }

  private static byte[] with(int offset, int value) {
    byte[] frame = bytes(usual());
    frame[offset] = (byte) value;
    return frame;
  }

  private static byte[] withLong(int offset, long value) {
    byte[] frame = bytes(usual());
    ByteBuffer.wrap(frame).putLong(offset, value);
    return frame;
  }

  @Test
  void headersBeyondTheirLimitsAreMalformed() {
    var frames = new ArrayList<byte[]>();
    frames.add(new byte[0]);
    frames.add(new byte[] {1});
    frames.add(Arrays.copyOf(bytes(usual()), Envelope.HEADER_BYTES - 1));
    frames.add(Arrays.copyOf(bytes(usual()), Envelope.HEADER_BYTES + 3));
    frames.add(with(HOPS, 65));
    frames.add(with(HOPS, -1));
    frames.add(with(HOPS_MAX, 65));
    frames.add(with(HOPS_MAX, 255));
    frames.add(with(HOPS_MAX, 0));
    frames.add(with(REQUEST_HOPS, 65));
    frames.add(withLong(INCARNATION, 0));
    frames.add(withLong(INCARNATION, Long.MIN_VALUE));
    frames.add(withLong(SEQUENCE, 0));
    frames.add(withLong(SEQUENCE, -1));
    frames.add(withLong(OLDEST_OPEN, -1));
    frames.add(withLong(OLDEST_OPEN, 8));
    frames.add(withLong(OLDEST_OPEN, Long.MAX_VALUE));
    frames.add(with(NAME_BYTES, 0));
    frames.add(with(NAME_BYTES, 129));
    frames.add(with(NAME_BYTES, 255));
    for (byte[] frame : frames) {
      assertThat(Frames.read(frame)).as(Arrays.toString(frame)).isInstanceOf(Read.Malformed.class);
    }
  }

  @Test
  void requestThatMayMakeNoHopIsMalformedAsItsAnswerWouldBe() {
    byte[] frame = with(HOPS_MAX, 0);
    frame[HOPS] = 0;
    assertThat(Frames.read(frame)).isInstanceOf(Read.Malformed.class);
  }

  @Test
  void namesThatAreNotUtf8AreMalformed() {
    byte[] frame = bytes(envelope(Kind.REQUEST, 0, 1, 7, 1, "x".repeat(100), new byte[9]));
    Arrays.fill(frame, Envelope.HEADER_BYTES, Envelope.HEADER_BYTES + 100, (byte) 0xFF);
    assertThat(Frames.read(frame)).isInstanceOf(Read.Malformed.class);
    frame[Envelope.HEADER_BYTES] = (byte) 0xED;
    frame[Envelope.HEADER_BYTES + 1] = (byte) 0xA0;
    frame[Envelope.HEADER_BYTES + 2] = (byte) 0x80;
    Arrays.fill(frame, Envelope.HEADER_BYTES + 3, Envelope.HEADER_BYTES + 100, (byte) 'x');
    assertThat(Frames.read(frame)).as("a lone surrogate").isInstanceOf(Read.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "7",
        "{}",
        "{\"type\":null}",
        "{\"type\":7}",
        "{\"type\":\"ping\",\"number\":\"x\",\"digest\":1}",
        "{\"type\":\"ping\",\"number\":1e999999999,\"digest\":1}",
        "{\"type\":\"ping\",\"number\":null,\"digest\":1}",
        "{\"type\":\"ping\",\"number\":1,\"number\":2,\"digest\":1}",
        "{\"type\":\"ping\",\"number\":1,\"digest\":1}x",
        "\uFEFF{\"type\":\"ping\",\"number\":1,\"digest\":1}",
        "{\"type\":\"ping\",\"number\":1,\"digest\":1,\"x\":\"\\ud800\"}",
        "{\"type\":\"ping\",\"number\":1,\"digest\":1,\"x\":\"\u0000\"}",
        "{\"type\":\"join\"}",
        "{\"type\":\"join\",\"self\":null}",
        "{\"type\":\"settle\",\"round\":1}",
        "{\"type\":\"settled\",\"round\":1}",
        "{\"type\":\"news\"}",
        "{\"type\":\"news\",\"entries\":null}",
        "{\"type\":\"news\",\"entries\":[7]}",
        "{\"type\":\"news\",\"entries\":{}}",
        "{\"type\":\"have\"}",
        "{\"type\":\"want\",\"ids\":null}",
        "{\"type\":\"want\",\"ids\":[\"abc\"]}",
        "{\"type\":\"probe\"}",
        "{\"type\":\"probe\",\"node\":\"0123\"}",
        "{\"type\":\"probed\",\"node\":null}",
        "{\"type\":\"reject\"}",
        "{\"type\":\"notUnderstood\"}",
        "{\"type\":\"joined\"}",
        "{\"type\":\"joined\",\"ringIdentity\":\"00\",\"arcBits\":21,\"entries\":[]}",
        "{\"type\":\"joined\",\"ringIdentity\":\"00\",\"arcBits\":-1,\"entries\":[]}",
        "{\"type\":\"joined\",\"ringIdentity\":\"\",\"arcBits\":12,\"entries\":[]}",
        "{\"type\":\"joined\",\"arcBits\":12,\"entries\":[]}",
      })
  void linkMessagesThatNoNodeWritesAreMalformed(String json) {
    assertThat(Frames.read(link(json))).as(json).isInstanceOf(Read.Malformed.class);
  }

  @Test
  void deepLongAndCrowdedLinkMessagesAreMalformed() {
    String ping = "{\"type\":\"ping\",\"number\":1,\"digest\":1,\"x\":";
    for (String value :
        List.of(
            "[".repeat(100_000) + "]".repeat(100_000),
            "{\"" + "n".repeat(50_000) + "\":1}",
            "1" + "0".repeat(1_000_000),
            "[1e999999999,")) {
      assertThat(Frames.read(link(ping + value + "}"))).isInstanceOf(Read.Malformed.class);
    }
    byte[] broken = link(ping + "\"??\"}");
    broken[broken.length - 3] = (byte) 0xC3;
    broken[broken.length - 4] = (byte) 0x28;
    assertThat(Frames.read(broken)).isInstanceOf(Read.Malformed.class);
    String crowd = ping + "[" + "1,".repeat(200_000) + "1]}";
    assertThat(Frames.read(link(crowd))).as("dull, but no harm").isInstanceOf(Read.Link.class);
  }

  @Test
  void classNamesInAMessageNameNothing() {
    assertThat(
            Frames.read(
                link(
                    "{\"type\":\"ping\",\"@class\":\"java.lang.Runtime\",\"number\":1,\"digest\":2}")))
        .isEqualTo(new Read.Link(new LinkMessage.Ping(1, 2)));
    assertThat(Frames.read(link("{\"type\":\"java.lang.Runtime\"}")))
        .isInstanceOf(Read.Unknown.class);
  }

  @Test
  void noBytesMakeTheReaderThrow() {
    var random = new Random(20_260_101);
    List<byte[]> seeds =
        List.of(
            bytes(usual()),
            bytes(envelope(Kind.FAILURE, 3, 2, 9, 5, "ünter", "{\"code\":\"x\"}".getBytes(UTF_8))),
            bytes(
                Frames.write(
                    new LinkMessage.News(
                        List.of(Facts.fact(Facts.node(3), 1, MemberState.ALIVE)), null))),
            bytes(Frames.write(new LinkMessage.Ping(1, 2))),
            bytes(
                Frames.write(
                    new LinkMessage.Joined(
                        "0".repeat(32),
                        12,
                        List.of(Facts.fact(Facts.node(9), 2, MemberState.DEAD)),
                        null))));
    int[] found = new int[4];
    for (int run = 0; run < 200_000; run++) {
      byte[] frame;
      if (run % 4 == 0) {
        frame = new byte[random.nextInt(200)];
        random.nextBytes(frame);
        if (frame.length > 1 && run % 8 == 0) {
          frame[0] = 1;
          frame[1] = (byte) (1 + random.nextInt(4));
        }
      } else {
        byte[] seed = seeds.get(random.nextInt(seeds.size()));
        frame = Arrays.copyOf(seed, run % 16 == 1 ? random.nextInt(seed.length) : seed.length);
        for (int i = random.nextInt(4); i >= 0 && frame.length > 0; i--) {
          frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
        }
      }
      Read read = Frames.read(frame);
      if (read instanceof Read.Travelling travelling) {
        found[0]++;
        assertThat(travelling.envelope().sizeBytes()).isEqualTo(frame.length);
        Read again = Frames.read(bytes(travelling.envelope()));
        assertThat(again).as("run %d", run).isEqualTo(read);
      } else if (read instanceof Read.Link) {
        found[1]++;
      } else if (read instanceof Read.Unknown) {
        found[2]++;
      } else {
        found[3]++;
      }
    }
    assertThat(found).as("each outcome was met").doesNotContain(0);
  }

  @Test
  void factsAreCutIntoMessagesByTheirNumberAndTheirBytes() {
    Entry small = Facts.fact(Facts.node(3), 1, MemberState.ALIVE);
    assertThat(Entry.batches(List.of())).containsExactly(List.of());
    assertThat(Entry.batches(Collections.nCopies(1_001, small)))
        .extracting(List::size)
        .containsExactly(500, 500, 1);
    Json card = Json.of(Map.of("x", "y".repeat(100_000)));
    Entry large = new Entry(card, 1, MemberState.ALIVE);
    List<Entry> mixed = List.of(small, large, large, large, small);
    List<List<Entry>> batches = Entry.batches(mixed);
    assertThat(batches).extracting(List::size).containsExactly(3, 2);
    assertThat(batches.stream().flatMap(List::stream).toList()).isEqualTo(mixed);
    for (List<Entry> batch : batches) {
      assertThat(Frames.write(new LinkMessage.Lacking(batch)).sizeBytes())
          .isLessThan(Entry.BATCH_BYTES_MAX + 100);
    }
    Entry whale = new Entry(Json.of(Map.of("x", "y".repeat(300_000))), 1, MemberState.ALIVE);
    assertThat(Entry.batches(List.of(small, whale, small)))
        .extracting(List::size)
        .containsExactly(1, 1, 1);
  }

  @Test
  void fullMessageOfTheLongestCardsFitsIntoAnyFrame() {
    Json card = Json.of(Map.of("x", "y".repeat(MemberCard.BYTES_MAX - 8)));
    assertThat(card.size()).isEqualTo(MemberCard.BYTES_MAX);
    Entry longest = new Entry(card, Long.MAX_VALUE, MemberState.SUSPECT);
    for (List<Entry> batch : Entry.batches(Collections.nCopies(600, longest))) {
      var joined = new LinkMessage.Joined("0".repeat(64), 20, batch, null);
      assertThat(Frames.write(joined).sizeBytes()).isLessThan(Entry.BATCH_BYTES_MAX + 200);
    }
  }

  @Test
  void cardOfTooManyBytesIsUnsoundWhateverIsInIt() {
    String card = Json.of(Facts.card(Facts.node(1), 1)).toString();
    int room = MemberCard.BYTES_MAX - card.length() - ",\"new\":\"\"".length();
    for (int more : new int[] {0, 1, 1_000_000}) {
      String padded =
          card.substring(0, card.length() - 1) + ",\"new\":\"" + "x".repeat(room + more) + "\"}";
      if (more == 0) {
        assertThat(Card.of(Json.parse(padded))).isNotNull();
      } else {
        assertThat(Card.of(Json.parse(padded))).isNull();
      }
    }
    assertThat(Card.of(null)).isNull();
    assertThat(Card.of(Json.of(7))).isNull();
  }

  @Test
  void cardsBeyondTheirBoundsAreUnsound() {
    MemberCard sound = Facts.card(Facts.node(1), 1);
    assertThat(sound.isSound()).isTrue();
    String tooLong = "x".repeat(MemberCard.TEXT_CHARS_MAX + 1);
    var labels = new java.util.TreeMap<String, String>();
    for (int i = 0; i <= MemberCard.LABELS_MAX; i++) {
      labels.put("label" + i, "");
    }
    List<MemberCard> unsound =
        List.of(
            new MemberCard(null, 1, "a:1", null, null, null),
            new MemberCard(sound.id(), 0, "a:1", null, null, null),
            new MemberCard(sound.id(), -1, "a:1", null, null, null),
            new MemberCard(sound.id(), 1, null, null, null, null),
            new MemberCard(sound.id(), 1, tooLong, null, null, null),
            new MemberCard(sound.id(), 1, "a:1\r\nERROR", null, null, null),
            new MemberCard(sound.id(), 1, "a:1", "\u001b[31m", null, null),
            new MemberCard(sound.id(), 1, "a:1", null, labels, null),
            new MemberCard(sound.id(), 1, "a:1", null, java.util.Map.of("a", tooLong), null),
            new MemberCard(
                sound.id(), 1, "a:1", null, java.util.Collections.singletonMap("a", null), null),
            new MemberCard(sound.id(), 1, "a:1", null, null, Arrays.asList("a", null)),
            new MemberCard(sound.id(), 1, "a:1", null, null, List.of(tooLong)),
            new MemberCard(
                sound.id(),
                1,
                "a:1",
                null,
                null,
                java.util.Collections.nCopies(MemberCard.SERVICES_MAX + 1, "x")));
    for (MemberCard card : unsound) {
      assertThat(card.isSound()).as("%s", card).isFalse();
    }
  }
}
