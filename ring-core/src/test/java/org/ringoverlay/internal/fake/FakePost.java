package org.ringoverlay.internal.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.membership.Post;
import org.ringoverlay.internal.wire.LinkMessage;

/** Keeps the messages to neighbours. */
public final class FakePost implements Post {
  /** A letter. */
  public record Letter(Id to, LinkMessage message) {}

  public final List<Letter> letters = new ArrayList<>();

  /** Who is connected. */
  public final Set<Id> linked = new TreeSet<>();

  @Override
  public boolean isLinked(Id node) {
    return linked.contains(node);
  }

  @Override
  public void send(Id to, LinkMessage message) {
    letters.add(new Letter(to, message));
  }

  /** The letters to a node of one kind, in order. */
  public <M extends LinkMessage> List<M> to(Id node, Class<M> kind) {
    return letters.stream()
        .filter(letter -> letter.to().equals(node) && kind.isInstance(letter.message()))
        .map(letter -> kind.cast(letter.message()))
        .toList();
  }

  /** The letters of one kind, in order. */
  public <M extends LinkMessage> List<M> all(Class<M> kind) {
    return letters.stream()
        .filter(letter -> kind.isInstance(letter.message()))
        .map(letter -> kind.cast(letter.message()))
        .toList();
  }

  /** Forgets what was sent, and gives it out. */
  public List<Letter> take() {
    var taken = List.copyOf(letters);
    letters.clear();
    return taken;
  }
}
