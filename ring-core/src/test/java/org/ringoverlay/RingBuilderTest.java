package org.ringoverlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Identity;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Store;
import org.ringoverlay.spi.StoreProvider;
import org.ringoverlay.spi.Table;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.spi.TransportProvider;

class RingBuilderTest {
  @Test
  void whatTheStoreSaysWhenItIsClosedDoesNotHideWhyTheStartFailed() {
    RingBuilder builder =
        Ring.builder()
            .data("anywhere")
            .extensions(List.of())
            .transport(new NoPort())
            .store(new Stuck());

    assertThatThrownBy(builder::start)
        .isInstanceOfSatisfying(
            RingException.InvalidInput.class,
            failed -> {
              assertThat(failed).hasMessageContaining("no port");
              assertThat(failed.getSuppressed())
                  .singleElement()
                  .isInstanceOfSatisfying(
                      RingException.Unavailable.class,
                      notClosed -> assertThat(notClosed).hasMessageContaining("not unlocked"));
            });
  }

  private static final class NoPort implements TransportProvider {
    @Override
    public String name() {
      return "failing";
    }

    @Override
    public List<Setting<?>> settings() {
      return List.of();
    }

    @Override
    public Transport create(Settings settings, int frameBytesMax, RingObserver observer) {
      throw new RingException.InvalidInput("no port");
    }
  }

  private static final class Stuck implements StoreProvider, Store {
    @Override
    public String name() {
      return "failing";
    }

    @Override
    public List<Setting<?>> settings() {
      return List.of();
    }

    @Override
    public Store open(String directory, Settings settings) {
      return this;
    }

    @Override
    public Optional<Identity> identity() {
      return Optional.empty();
    }

    @Override
    public CompletionStage<Void> save(Identity identity) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public Table table(String part) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<RingException> broken() {
      return new CompletableFuture<>();
    }

    @Override
    public CompletionStage<Void> close() {
      return CompletableFuture.failedFuture(new RingException.Unavailable("not unlocked"));
    }
  }
}
