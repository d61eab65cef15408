package org.ringoverlay.json;

import org.ringoverlay.error.RingException;

/**
 * The wire form of errors: {@code
 * {"code","message","hint","retrySafe","retryAfterMillis"?,"details":{…}}}.
 *
 * <p>Both ways are pure and thread-safe. What an error was made from stays behind: neither cause
 * nor trace travels.
 */
public final class ErrorJson {

  private ErrorJson() {}

  /** The error as JSON; always within a bounded size but for the two values of a conflict. */
  public static Json toJson(RingException error) {
    throw new UnsupportedOperationException();
  }

  /**
   * The error that another node sent. A code that this version does not know comes from a newer
   * node and gives an {@link RingException.Incompatible} that keeps the text.
   *
   * @throws RingException.InvalidInput if the JSON is not the form of an error
   */
  public static RingException fromJson(Json json) {
    throw new UnsupportedOperationException();
  }
}
