package org.ringoverlay.dht.internal.wire;

import org.ringoverlay.json.Json;

/** What a client asks of the daddy of a key. */
public sealed interface Request {
  /** The namespace. */
  String space();

  /** The key within its namespace. */
  String key();

  /** A request that changes the record, if its condition holds. */
  sealed interface Change extends Request {
    /** What must hold. */
    Condition condition();

    /** When to acknowledge. */
    Acknowledge acknowledge();

    /** The operation's ID: a repeat with the same ID changes nothing more. */
    String operation();
  }

  /**
   * Reads.
   *
   * @param stale whether an old value will do
   */
  record Get(String space, String key, boolean stale) implements Request {}

  /** Asks who holds the key. */
  record Where(String space, String key) implements Request {}

  /** Writes a value. */
  record Put(
      String space,
      String key,
      Json value,
      Condition condition,
      Acknowledge acknowledge,
      String operation)
      implements Change {}

  /** Deletes. */
  record Delete(
      String space, String key, Condition condition, Acknowledge acknowledge, String operation)
      implements Change {}

  /**
   * The reply to {@link Get}.
   *
   * @param present whether there is a value
   * @param value the value, JSON's null if there is none
   * @param version its version, 0 if there is none
   * @param copies how many live members hold copies of the arc
   * @param wanted how many copies the ring wants
   */
  record Found(boolean present, Json value, long version, int copies, int wanted) {}

  /**
   * The reply to a {@link Change}.
   *
   * @param version the version that the change made, or for a delete that found nothing 0
   * @param existed whether there was a value before
   * @param copies how many copies had acknowledged
   * @param wanted how many copies the ring wants
   */
  record Done(long version, boolean existed, int copies, int wanted) {}
}
