package org.ringoverlay.testkit;

/** Sees every frame that a node sends, the lost ones among them. On the simulation's thread. */
@FunctionalInterface
public interface FrameWatch {
  /**
   * A frame was sent.
   *
   * @param frame its bytes, which must not be changed or kept
   */
  void sent(Host from, Host to, byte[] frame);
}
