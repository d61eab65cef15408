package org.ringoverlay.json;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/**
 * How Java values become JSON bytes and come back.
 *
 * <p>An implementation is thread-safe, does not block, keeps nothing of the arrays it is given, and
 * never lets a name in the JSON choose a class. A type that it cannot handle at all is the caller's
 * mistake and an {@link IllegalArgumentException}; everything that is wrong with the bytes or the
 * value is a {@link RingException.InvalidInput} whose message does not repeat foreign text raw.
 */
public interface JsonBinding {

  /**
   * The value as JSON in UTF-8, in a fresh array that belongs to the caller; null is JSON's null.
   *
   * @throws RingException.InvalidInput if the value has no JSON form, such as a number that is not
   *     finite
   * @throws IllegalArgumentException if the value's type is none this binding knows
   */
  byte[] write(@Nullable Object value);

  /**
   * Reads exactly {@code length} bytes from {@code offset} as one JSON value of the given type. The
   * answer is never null: JSON's null is an error, but for types that have their own idea of it, as
   * {@code Optional} and {@code Json} do. {@code Void} alone reads null as null.
   *
   * @throws RingException.InvalidInput if the bytes are not JSON or do not fit the type
   * @throws IllegalArgumentException if the type is none this binding knows
   */
  <T> T read(byte[] array, int offset, int length, Class<T> type);

  /**
   * The JSON of {@code value}, with the fields of {@code old} that the value's type does not know;
   * see {@link Json#merge(Object)} for the rule.
   *
   * @param old valid JSON
   * @throws RingException.InvalidInput if {@code old} is not JSON or the value has no JSON form
   * @throws IllegalArgumentException if the value's type is none this binding knows
   */
  byte[] merge(byte[] old, @Nullable Object value);

  /**
   * The binding that is used where no other is given: records, sealed families of records,
   * collections, maps with text-like keys, {@code Optional}, numbers, text, booleans, enums, {@code
   * Id} and {@code Json}.
   *
   * <ul>
   *   <li>A record of a sealed family (a sealed interface all of whose variants are records)
   *       carries its {@link TypeName} in a field {@code type}, always first; it is read by that
   *       name among the family's own variants only.
   *   <li>Unknown fields are ignored. A missing component is null, 0, false or {@code
   *       Optional.empty()}, so that new nodes read what old nodes wrote; an explicit null for a
   *       primitive is an error.
   *   <li>Nothing is converted: no text to number or back, no 1.0 to 1, no 1 to true, no empty text
   *       to null; only a whole number may stand for a fractional one. A number that does not fit
   *       its type is an error.
   *   <li>The entries of a map are written in the order of their names, so that equal values have
   *       equal bytes on every JVM.
   * </ul>
   */
  static JsonBinding standard() {
    return StandardBinding.INSTANCE;
  }
}
