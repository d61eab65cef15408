package org.ringoverlay.lab.planted.id;

/** Shows a type that its package keeps to itself. */
public class ShowsWhatIsHidden {
  /** Nobody outside sees it. */
  static final class Secret {}

  /** The offence. */
  public Secret secret() {
    return new Secret();
  }
}
