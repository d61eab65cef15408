package org.ringoverlay.examples.chat;

/** What travels over the chat's topic; a field {@code type} tells the three apart. */
sealed interface Talk {
  /** Somebody came. */
  record Joined(String name) implements Talk {}

  /** Somebody said something. */
  record Said(String name, String text) implements Talk {}

  /** Somebody went. */
  record Left(String name) implements Talk {}
}
