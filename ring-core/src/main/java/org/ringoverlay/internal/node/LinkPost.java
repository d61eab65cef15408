package org.ringoverlay.internal.node;

import org.ringoverlay.id.Id;
import org.ringoverlay.internal.link.Links;
import org.ringoverlay.internal.membership.Post;
import org.ringoverlay.internal.wire.LinkMessage;

/** The membership's messages go over the links. On the loop. */
record LinkPost(Links links) implements Post {
  @Override
  public void send(Id to, LinkMessage message) {
    links.send(to, message);
  }

  @Override
  public boolean isLinked(Id node) {
    return links.isLinked(node);
  }
}
