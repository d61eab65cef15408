package org.ringoverlay.json;

import org.jspecify.annotations.Nullable;

final class StandardBinding implements JsonBinding {
  static final StandardBinding INSTANCE = new StandardBinding();

  private StandardBinding() {}

  @Override
  public byte[] write(@Nullable Object value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T read(byte[] array, int offset, int length, Class<T> type) {
    throw new UnsupportedOperationException();
  }

  <T> T readChecked(byte[] array, int offset, int length, Class<T> type) {
    throw new UnsupportedOperationException();
  }

  @Override
  public byte[] merge(byte[] old, @Nullable Object value) {
    throw new UnsupportedOperationException();
  }
}
