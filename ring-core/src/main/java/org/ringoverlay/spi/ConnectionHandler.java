package org.ringoverlay.spi;

/** What a node does with one connection. All methods are called on the loop and must not block. */
public interface ConnectionHandler {
  /** The connection stands and frames may be sent. Called once, first. */
  void opened(Connection connection);

  /**
   * A whole frame arrived.
   *
   * @param frame its bytes; the handler may keep the array, the transport never touches it again
   */
  void received(Connection connection, byte[] frame);

  /**
   * The connection is gone, or could not be made (then {@link #opened} was never called). Called
   * once, last.
   *
   * @param reason why, in a few words without control characters
   */
  void closed(String reason);
}
