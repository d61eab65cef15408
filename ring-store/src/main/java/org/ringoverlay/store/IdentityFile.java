package org.ringoverlay.store;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Identity;

/**
 * The text of {@code identity.json}: {@code {"format":1,"checksum":"…","identity":{…}}}.
 *
 * <p>The checksum, CRC-32C in eight hex digits, covers the bytes of the field {@code identity}
 * exactly as they stand, so fields that a newer version added are covered too. They survive being
 * written back by this version.
 *
 * @param text the whole document as it stands on the disk
 * @param identity what it says
 */
record IdentityFile(Json text, Identity identity) {
  static final int FORMAT = 1;
  static final int SIZE_BYTES_MAX = 256 * 1024;
  private static final int PEERS_MAX = 64;
  private static final int PEER_CHARS_MAX = 300;

  /** The document around an identity. */
  private record Envelope(int format, String checksum, Json identity) {}

  /** An identity as it is written. */
  private record Body(
      String node,
      long incarnation,
      String ring,
      String ringIdentity,
      int arcBits,
      List<String> peers) {}

  /**
   * The document that says this, with the fields of the former one that this version does not know.
   */
  static IdentityFile of(Identity identity, @Nullable IdentityFile former) {
    var body =
        new Body(
            identity.node().toString(),
            identity.incarnation(),
            identity.ring(),
            identity.ringIdentity(),
            identity.arcBits(),
            identity.peers());
    Json inner =
        former == null
            ? Json.of(body)
            : former
                .text
                .at("/identity")
                .map(old -> old.merge(body))
                .orElseGet(() -> Json.of(body));
    var envelope = new Envelope(FORMAT, checksum(inner), inner);
    return new IdentityFile(
        former == null ? Json.of(envelope) : former.text.merge(envelope), identity);
  }

  /**
   * Reads a document.
   *
   * @param where the file's path, for errors
   * @throws RingException.InvalidInput if it is damaged
   * @throws RingException.Incompatible if a newer version wrote it
   */
  static IdentityFile parse(byte[] bytes, String where) {
    Json text;
    try {
      text = Json.parse(bytes);
    } catch (RingException.InvalidInput broken) {
      throw damaged(where, "it is no JSON");
    }
    if (!text.isObject()) {
      throw damaged(where, "it is no JSON object");
    }
    Optional<Json> format = text.at("/format");
    int formatNumber = format.map(number -> read(number, Integer.class, where)).orElse(0);
    if (formatNumber > FORMAT) {
      throw new RingException.Incompatible(
          "The file "
              + shown(where)
              + " has format "
              + formatNumber
              + ", and this version knows formats up to "
              + FORMAT
              + ": start the version that wrote it, or a newer one. Nothing was changed.");
    }
    if (formatNumber < 1) {
      throw damaged(where, "it names no format");
    }
    Json inner = text.at("/identity").orElseThrow(() -> damaged(where, "it holds no identity"));
    String stated =
        text.at("/checksum")
            .map(json -> read(json, String.class, where))
            .orElseThrow(() -> damaged(where, "it has no checksum"));
    if (!stated.equals(checksum(inner))) {
      throw damaged(where, "its checksum does not fit its content");
    }
    return new IdentityFile(text, identity(read(inner, Body.class, where), where));
  }

  private static <T> T read(Json json, Class<T> type, String where) {
    try {
      return json.as(type);
    } catch (RingException.InvalidInput broken) {
      throw damaged(where, "a field has the wrong type");
    }
  }

  @SuppressWarnings(
      "NullAway") // a component that the file lacks is null, which is what is asked here
  private static Identity identity(Body body, String where) {
    boolean complete =
        body.node() != null
            && body.ring() != null
            && body.ringIdentity() != null
            && body.peers() != null
            && body.peers().stream()
                .allMatch(peer -> peer != null && peer.length() <= PEER_CHARS_MAX);
    if (!complete
        || !Id.isId(body.node())
        || body.incarnation() < 1
        || body.arcBits() < 0
        || body.arcBits() > Arcs.BITS_MAX
        || body.peers().size() > PEERS_MAX
        || !(body.ringIdentity().isEmpty() || isHex32(body.ringIdentity()))) {
      throw damaged(where, "a field is missing or out of its bounds");
    }
    return new Identity(
        Id.parse(body.node()),
        body.incarnation(),
        body.ring(),
        body.ringIdentity(),
        body.arcBits(),
        body.peers());
  }

  private static boolean isHex32(String text) {
    return text.length() == 32
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  private static String checksum(Json json) {
    var crc = new CRC32C();
    crc.update(json.bytes());
    return String.format("%08x", crc.getValue());
  }

  static RingException damaged(String where, String why) {
    return new RingException.InvalidInput(
        "The file "
            + shown(where)
            + " is damaged: "
            + why
            + ". Move the data directory away and start the node with seeds, as a new node: never put"
            + " back a copy. Nothing was changed.");
  }

  private static String shown(String where) {
    return Printable.text(where, 300);
  }

  byte[] bytes() {
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
