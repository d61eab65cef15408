package org.ringoverlay.json;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/**
 * One JSON value as the bytes it was written with, known to be valid and parsed only when somebody
 * looks inside.
 *
 * <p>Valid means RFC 8259 in strict UTF-8, without a byte order mark, trailing data, duplicate
 * names or surrogates that stand alone, and within the limits named here. The bytes are kept
 * exactly, blanks included, so a value comes back byte for byte and two values are equal when their
 * bytes are.
 *
 * <p>Instances are immutable and can be shared between threads; nothing here blocks, and all work
 * is linear in the size. Each carries the {@link JsonBinding} it was made with and passes it on to
 * what is made from it.
 */
public final class Json {

  /**
   * The most bytes of one value: 16 MiB. Stored values and frames have smaller limits of their own.
   */
  public static final int SIZE_BYTES_MAX = 16 * 1024 * 1024;

  /** How deep arrays and objects may be nested. */
  public static final int DEPTH_MAX = 32;

  /** The most bytes of a field's name as written. */
  public static final int NAME_BYTES_MAX = 4_096;

  /** The most characters of a number as written. */
  public static final int NUMBER_CHARS_MAX = 1_000;

  private final byte[] bytes;
  private final JsonBinding binding;

  private Json(byte[] bytes, JsonBinding binding) {
    this.bytes = bytes;
    this.binding = binding;
  }

  /**
   * The JSON of a value, by {@link JsonBinding#standard()}. A {@code Json} is returned as it is;
   * null is JSON's null.
   *
   * @throws RingException.InvalidInput if the value has no JSON form or exceeds a limit
   * @throws IllegalArgumentException if the value's type is none the binding knows
   */
  public static Json of(@Nullable Object value) {
    return of(value, JsonBinding.standard());
  }

  /** As {@link #of(Object)}, by another binding; a {@code Json} keeps the binding it has. */
  public static Json of(@Nullable Object value, JsonBinding binding) {
    if (value instanceof Json json) {
      return json;
    }
    byte[] written = binding.write(value);
    Grammar.check(written, 0, written.length);
    return new Json(written, binding);
  }

  /**
   * Checks a text and keeps it.
   *
   * @throws RingException.InvalidInput if it is not valid JSON; the message names line and column.
   *     The code is {@code too-large} if it is longer than {@link #SIZE_BYTES_MAX}.
   */
  public static Json parse(String text) {
    return parse(text, JsonBinding.standard());
  }

  /** As {@link #parse(String)}, with another binding. */
  public static Json parse(String text, JsonBinding binding) {
    return checked(Grammar.utf8(text), binding);
  }

  /** Checks and copies the bytes; otherwise as {@link #parse(String)}. */
  public static Json parse(byte[] bytes) {
    return parse(bytes, 0, bytes.length, JsonBinding.standard());
  }

  /** As {@link #parse(byte[])}, with another binding. */
  public static Json parse(byte[] bytes, JsonBinding binding) {
    return parse(bytes, 0, bytes.length, binding);
  }

  /**
   * Checks and copies {@code length} bytes from {@code offset}; otherwise as {@link
   * #parse(String)}.
   *
   * @throws IndexOutOfBoundsException if the array has no such part
   */
  public static Json parse(byte[] array, int offset, int length) {
    return parse(array, offset, length, JsonBinding.standard());
  }

  /** As {@link #parse(byte[], int, int)}, with another binding. */
  public static Json parse(byte[] array, int offset, int length, JsonBinding binding) {
    Objects.checkFromIndexSize(offset, length, array.length);
    Grammar.checkSize(length);
    return checked(Arrays.copyOfRange(array, offset, offset + length), binding);
  }

  private static Json checked(byte[] own, JsonBinding binding) {
    Grammar.check(own, 0, own.length);
    return new Json(own, binding);
  }

  /** Wraps bytes that are already known to be valid and that nobody else holds. */
  static Json trusted(byte[] own, JsonBinding binding) {
    return new Json(own, binding);
  }

  /**
   * This value as a Java value; fields that the type does not know are ignored.
   *
   * @throws RingException.InvalidInput if it does not fit the type, or is JSON's null and the type
   *     has no idea of it
   * @throws IllegalArgumentException if the type is none the binding knows
   */
  public <T> T as(Class<T> type) {
    if (type == Json.class) {
      return type.cast(this);
    }
    return binding instanceof StandardBinding standard
        ? standard.readChecked(bytes, 0, bytes.length, type)
        : binding.read(bytes, 0, bytes.length, type);
  }

  /**
   * The part that a JSON Pointer (RFC 6901) names, empty if there is none. The empty pointer names
   * the whole value.
   *
   * @throws IllegalArgumentException if the text is no JSON Pointer: it must be empty or begin with
   *     a slash, and each {@code ~} must be followed by 0 or 1
   */
  public Optional<Json> at(String jsonPointer) {
    if (jsonPointer.isEmpty()) {
      return Optional.of(this);
    }
    Slice part = Pointer.find(Slice.of(bytes), jsonPointer);
    return part == null ? Optional.empty() : Optional.of(new Json(part.copy(), binding));
  }

  /**
   * A new value: what {@code value} says, and of this one every field that the type of {@code
   * value} does not know.
   *
   * <p>This is how an old node updates a record that a newer one wrote without losing fields it has
   * never heard of: it reads the record as its own type, changes that, and merges it back. The
   * rule, at each place of the value:
   *
   * <ul>
   *   <li><b>A record over an object.</b> Each field that the record's type has takes the new
   *       value, also if that is null. Each field it does not have stays, byte for byte. The old
   *       order stays; new fields follow.
   *   <li><b>A variant of a sealed family</b> is merged so only while the field {@code type} says
   *       the same as before. If it changed, the object is another thing, and it is replaced whole.
   *   <li><b>A map</b> says which entries there are: it replaces the old object, so what was
   *       removed stays removed. An entry that exists on both sides is merged by this same rule.
   *   <li><b>A list or array</b> replaces the old one. When both have the same length, elements at
   *       the same index are merged by this same rule; when the length differs nobody can tell
   *       which is which, and none are.
   *   <li><b>Anything else</b>, a {@code Json} included, replaces what was there.
   * </ul>
   *
   * <p>So what is inside a record that a list or a map holds survives, except where the list
   * changed its length.
   *
   * @throws RingException.InvalidInput if the value has no JSON form or the result exceeds a limit
   * @throws IllegalArgumentException if the value's type is none the binding knows
   */
  public Json merge(@Nullable Object value) {
    byte[] merged = binding.merge(bytes.clone(), value);
    Grammar.check(merged, 0, merged.length);
    return new Json(merged, binding);
  }

  /** A copy of the bytes, in UTF-8. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** How many bytes it has. */
  public int size() {
    return bytes.length;
  }

  /**
   * Writes the bytes at the buffer's position and moves it behind them.
   *
   * @throws java.nio.BufferOverflowException if there is too little space; nothing is written then
   */
  public void writeTo(ByteBuffer buffer) {
    buffer.put(bytes);
  }

  /** The bytes themselves, for code of this package that will not change them. */
  byte[] array() {
    return bytes;
  }

  /** Whether it is {@code null}. */
  public boolean isNull() {
    return first() == 'n';
  }

  /** Whether it is an object. */
  public boolean isObject() {
    return first() == '{';
  }

  /** Whether it is an array. */
  public boolean isArray() {
    return first() == '[';
  }

  /** Whether it is a string. */
  public boolean isString() {
    return first() == '"';
  }

  /** Whether it is a number. */
  public boolean isNumber() {
    byte first = first();
    return first == '-' || (first >= '0' && first <= '9');
  }

  /** Whether it is {@code true} or {@code false}. */
  public boolean isBoolean() {
    byte first = first();
    return first == 't' || first == 'f';
  }

  private byte first() {
    return bytes[Slice.blanks(bytes, 0)];
  }

  /**
   * Whether the other is a {@code Json} of the same bytes; blanks and the order of fields count.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Json json && Arrays.equals(bytes, json.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The text as it was written. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
