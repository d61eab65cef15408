package org.ringoverlay;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.call.ByteService;
import org.ringoverlay.internal.node.CoreSettings;
import org.ringoverlay.internal.node.Node;
import org.ringoverlay.internal.node.NodeConfig;
import org.ringoverlay.json.JsonBinding;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Store;
import org.ringoverlay.spi.StoreProvider;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.spi.TransportProvider;

/**
 * Builds a node. Safe defaults throughout: with nothing set the node founds a ring of its own on a
 * free loopback port, in memory.
 *
 * <p>Not thread-safe; used once.
 */
public final class RingBuilder {
  private final Map<String, String> explicit = new TreeMap<>();
  private final List<Settings.Source> sources = new ArrayList<>();
  private final List<Setting<?>> moreSettings = new ArrayList<>();
  private final List<RingService<?>> services = new ArrayList<>();
  private final Map<String, String> labels = new TreeMap<>();
  private List<String> seeds = List.of();
  private String listen = "127.0.0.1:0";
  private String advertise = "";
  private String http = "";
  private String ringName = "ring";
  private boolean found;
  private @Nullable String dataDirectory;
  private @Nullable Id id;
  private @Nullable TransportProvider transportProvider;
  private @Nullable StoreProvider storeProvider;
  private @Nullable List<RingExtension> extensions;
  private RingObserver observer = RingObserver.NONE;
  private JsonBinding binding = JsonBinding.standard();

  RingBuilder() {}

  /** Where to listen for peers, {@code host:port}; port 0 means any free one (the default). */
  public RingBuilder listen(String address) {
    this.listen = address;
    return this;
  }

  /** The {@code host:port} that others are told to use; the bound one by default. */
  public RingBuilder advertise(String address) {
    this.advertise = address;
    return this;
  }

  /** The {@code host:port} of this node's gateway, told to others; none by default. */
  public RingBuilder http(String address) {
    this.http = address;
    return this;
  }

  /**
   * Members of the ring to join. Without seeds, and with an empty directory or none, the node
   * founds a ring; with seeds it never does.
   */
  public RingBuilder seeds(List<String> addresses) {
    this.seeds = List.copyOf(addresses);
    return this;
  }

  /** The ring's name, {@code ring} by default; rings of other names are not joined. */
  public RingBuilder ring(String name) {
    this.ringName = name;
    return this;
  }

  /** Founds the ring although there are seeds: said once, on one node of a list that all share. */
  public RingBuilder found(boolean founds) {
    this.found = founds;
    return this;
  }

  /**
   * Where the node keeps its identity; needs ring-store on the class path. In memory by default.
   */
  public RingBuilder data(String directory) {
    this.dataDirectory = directory;
    return this;
  }

  /** The node's ID, for nodes in memory; drawn at random by default. */
  public RingBuilder id(Id nodeId) {
    this.id = nodeId;
    return this;
  }

  /** Adds a label, such as {@code zone=a}, which others see. */
  public RingBuilder label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  /** Adds a service. */
  public RingBuilder service(RingService<?> service) {
    services.add(service);
    return this;
  }

  /**
   * Sets a setting by its name. Checked at the start: an unknown name or a broken rule is {@code
   * InvalidInput}.
   */
  public RingBuilder set(String name, String value) {
    explicit.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
    return this;
  }

  /**
   * Adds a place where settings stand. What {@link #set} says goes first, then the sources in the
   * order of the calls, then the defaults.
   */
  public RingBuilder settings(Settings.Source source) {
    sources.add(source);
    return this;
  }

  /**
   * Lets system properties ({@code ring.x.y}) and then environment variables ({@code RING_X_Y}) say
   * what nothing before them said. Not done unless asked for: a library does not read its host's
   * environment behind its back.
   */
  public RingBuilder environment() {
    var properties = new TreeMap<String, String>();
    System.getProperties()
        .forEach((name, value) -> properties.put(String.valueOf(name), String.valueOf(value)));
    sources.add(Settings.Source.systemProperties(properties));
    sources.add(Settings.Source.environment(System.getenv()));
    return this;
  }

  /** Makes more settings known, so that one file may hold an application's settings too. */
  public RingBuilder knownSettings(List<? extends Setting<?>> settings) {
    moreSettings.addAll(settings);
    return this;
  }

  /** The transport, found by {@code ServiceLoader} by default. */
  public RingBuilder transport(TransportProvider provider) {
    this.transportProvider = provider;
    return this;
  }

  /** The store of a node with a data directory, found by {@code ServiceLoader} by default. */
  public RingBuilder store(StoreProvider provider) {
    this.storeProvider = provider;
    return this;
  }

  /** The extensions, all that {@code ServiceLoader} finds by default. */
  public RingBuilder extensions(List<RingExtension> attached) {
    this.extensions = List.copyOf(attached);
    return this;
  }

  /** Who hears what happens in the node. */
  public RingBuilder observer(RingObserver hears) {
    this.observer = hears;
    return this;
  }

  /** How requests and replies become JSON; Jackson by default. */
  public RingBuilder binding(JsonBinding jsonBinding) {
    this.binding = jsonBinding;
    return this;
  }

  /** Starts and waits until the node has joined; see {@link #start}. Blocks; not on a loop. */
  public Ring startAndAwait() {
    Ring ring = build();
    CompletionStage<Void> started = startNode();
    ring.await(started);
    return ring;
  }

  /**
   * Starts the node. Opens the data directory, which blocks, and returns.
   *
   * @return completes on the loop when the node has joined; fails with {@code InvalidInput} (a
   *     setting, an address), {@code Unavailable} (no seed answered in time), {@code Incompatible}
   *     (another ring) and then the node is closed
   */
  public CompletionStage<Ring> start() {
    Ring ring = build();
    return startNode().thenApply(started -> ring);
  }

  private @Nullable Node built;

  private CompletionStage<Void> startNode() {
    Node node = built;
    if (node == null) {
      throw new IllegalStateException("built before it is started");
    }
    return node.start();
  }

  /**
   * What the settings of the node would be, without making one. Any number of times.
   *
   * @throws RingException.InvalidInput as the start would: an unknown name, a broken rule
   */
  public Settings resolveSettings() {
    return resolve(wires(), stores(), parts());
  }

  private Settings resolve(
      TransportProvider wires, @Nullable StoreProvider stores, List<RingExtension> parts) {
    var known = new ArrayList<Setting<?>>(CoreSettings.ALL);
    known.addAll(wires.settings());
    if (stores != null) {
      known.addAll(stores.settings());
    }
    parts.forEach(part -> known.addAll(part.settings()));
    known.addAll(moreSettings);
    var places = new ArrayList<Settings.Source>();
    places.add(new Settings.Source("the builder", explicit));
    places.addAll(sources);
    return Settings.resolve(known, places);
  }

  private TransportProvider wires() {
    return transportProvider != null
        ? transportProvider
        : only(TransportProvider.class, "ring-transport-netty");
  }

  private @Nullable StoreProvider stores() {
    if (dataDirectory == null) {
      return null;
    }
    return storeProvider != null ? storeProvider : only(StoreProvider.class, "ring-store");
  }

  private List<RingExtension> parts() {
    return extensions != null ? extensions : loadExtensions();
  }

  private Ring build() {
    if (built != null) {
      throw new IllegalStateException("A builder starts one node; make another builder.");
    }
    TransportProvider wires = wires();
    StoreProvider stores = stores();
    List<RingExtension> parts = parts();
    Settings settings = resolve(wires, stores, parts);

    Optional<Store> store =
        stores == null || dataDirectory == null
            ? Optional.empty()
            : Optional.of(stores.open(dataDirectory, settings));
    Transport transport = null;
    try {
      transport = wires.create(settings, CoreSettings.frameBytesMax(settings), observer);
      var config =
          new NodeConfig(
              ringName,
              listen,
              advertise,
              http,
              seeds,
              found,
              Optional.ofNullable(id),
              Optional.ofNullable(dataDirectory),
              labels,
              settings);
      var node = new Node(config, transport, store, observer);
      var faces = new LinkedHashMap<Class<?>, Object>();
      var ring = new Ring(node, binding, faces);
      var all = new ArrayList<>(services);
      all.add(Tracer.service());
      for (RingExtension part : parts) {
        RingExtension.Attached attached = part.attach(ring);
        faces.put(attached.face().getClass(), attached.face());
        all.addAll(attached.services());
      }
      for (RingService<?> service : all) {
        node.register(typed(ring, service));
      }
      built = node;
      return ring;
    } catch (RuntimeException failed) {
      if (transport != null) {
        var unused = transport.close();
      }
      store.ifPresent(opened -> closeAfter(failed, opened));
      throw failed;
    }
  }

  /** What is wrong with the store too is told beside why the start failed, not in its place. */
  private static void closeAfter(RuntimeException failed, Store opened) {
    try {
      opened.close().toCompletableFuture().join();
    } catch (CompletionException notClosed) {
      failed.addSuppressed(notClosed.getCause() == null ? notClosed : notClosed.getCause());
    } catch (RuntimeException notClosed) {
      failed.addSuppressed(notClosed);
    }
  }

  private ByteService typed(Ring ring, RingService<?> service) {
    return new TypedService<>(ring, service, binding);
  }

  private static List<RingExtension> loadExtensions() {
    return ServiceLoader.load(RingExtension.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(java.util.Comparator.comparing(RingExtension::name))
        .toList();
  }

  private static <P> P only(Class<P> provider, String artifact) {
    return ServiceLoader.load(provider)
        .findFirst()
        .orElseThrow(
            () ->
                new RingException.InvalidInput(
                    "There is no "
                        + provider.getSimpleName()
                        + " on the class path: add org.ringoverlay:"
                        + artifact
                        + "."));
  }
}
