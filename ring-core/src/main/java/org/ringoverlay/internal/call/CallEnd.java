package org.ringoverlay.internal.call;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/** Hears the end of a call, exactly once: a reply or an error, never both. On the loop. */
@FunctionalInterface
public interface CallEnd {
  /** The end. */
  void ended(@Nullable Reply reply, @Nullable RingException error);
}
