package org.ringoverlay.lab.planted.id;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** Shows a library's type where a user sees it, even if only between angle brackets. */
public interface ShowsNetty {
  /** The offence. */
  List<? extends ByteBuf> buffers();
}
