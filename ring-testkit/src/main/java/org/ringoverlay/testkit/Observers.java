package org.ringoverlay.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.spi.RingObserver;

/** Several observers behind one face, whatever methods later versions of the interface have. */
final class Observers {
  private final List<RingObserver> all = new ArrayList<>();

  void add(RingObserver observer) {
    all.add(observer);
  }

  RingObserver face() {
    return (RingObserver)
        Proxy.newProxyInstance(
            RingObserver.class.getClassLoader(),
            new Class<?>[] {RingObserver.class},
            (face, method, arguments) -> tell(face, method, arguments));
  }

  private @Nullable Object tell(Object face, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && arguments[0] == face;
        case "hashCode" -> all.size();
        default -> "observers " + all;
      };
    }
    for (RingObserver observer : all) {
      try {
        method.invoke(observer, arguments);
      } catch (InvocationTargetException thrown) {
        throw thrown.getCause() == null ? thrown : thrown.getCause();
      }
    }
    return null;
  }
}
