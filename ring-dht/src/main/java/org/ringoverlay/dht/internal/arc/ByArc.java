package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Something for each of some arcs: found in two steps, and walked over in the order of the arcs.
 *
 * <p>Every message for a record looks here several times, so this is no tree. An arc's number is at
 * most 2<sup>20</sup>; pages are made when something of theirs is put, and stay.
 */
final class ByArc<T> {
  private static final int PAGE_BITS = 6;
  private static final int PAGE = 1 << PAGE_BITS;

  private @Nullable Object[] @Nullable [] pages = new @Nullable Object[64][];
  private int size;

  /** What there is for an arc, null if nothing. */
  @SuppressWarnings("unchecked") // only put writes, and it takes T alone
  @Nullable T get(int arc) {
    int page = arc >> PAGE_BITS;
    if (page >= pages.length) {
      return null;
    }
    @Nullable Object[] found = pages[page];
    return found == null ? null : (T) found[arc & (PAGE - 1)];
  }

  boolean has(int arc) {
    return get(arc) != null;
  }

  /** Puts something in the place of what there was. */
  void put(int arc, T value) {
    int page = arc >> PAGE_BITS;
    if (page >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(page + 1, 2 * pages.length));
    }
    @Nullable Object[] into = pages[page];
    if (into == null) {
      into = new @Nullable Object[PAGE];
      pages[page] = into;
    }
    if (into[arc & (PAGE - 1)] == null) {
      size++;
    }
    into[arc & (PAGE - 1)] = value;
  }

  /** Takes something away, if it is there for this arc. */
  void remove(int arc, T value) {
    if (get(arc) == value) {
      @Nullable Object[] from = pages[arc >> PAGE_BITS];
      if (from != null) {
        from[arc & (PAGE - 1)] = null;
        size--;
      }
    }
  }

  void clear() {
    pages = new @Nullable Object[64][];
    size = 0;
  }

  /** For how many arcs there is something. */
  int size() {
    return size;
  }

  /** Does something for each, in the order of the arcs. What is done may put and remove. */
  void forEach(BiConsumer<Integer, T> what) {
    for (int arc : arcs()) {
      T value = get(arc);
      if (value != null) {
        what.accept(arc, value);
      }
    }
  }

  /** The arcs for which there is something, in order. */
  List<Integer> arcs() {
    var arcs = new ArrayList<Integer>(size);
    for (int page = 0; page < pages.length; page++) {
      @Nullable Object[] there = pages[page];
      for (int i = 0; there != null && i < PAGE; i++) {
        if (there[i] != null) {
          arcs.add((page << PAGE_BITS) + i);
        }
      }
    }
    return arcs;
  }
}
