package org.ringoverlay.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.introspect.VirtualAnnotatedMember;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.module.SimpleDeserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.VirtualBeanPropertyWriter;
import com.fasterxml.jackson.databind.util.Annotations;
import com.fasterxml.jackson.databind.util.SimpleBeanPropertyDefinition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;

/**
 * How Jackson reads and writes {@link Family sealed families}, in place of its own polymorphic
 * types.
 *
 * <p>The name is written by the record itself, as its first field, so it is there however the
 * record is reached: alone, through its interface, or in a list whose element type has been erased.
 * On reading, the name is looked up among the family's variants. Jackson's annotations and defaults
 * that let the input name a class are switched off altogether.
 */
final class Families {

  private static final int NAMES_SHOWN_MAX = 16;
  private static final int NAME_CHARS_MAX = 64;

  private Families() {}

  static Module module() {
    return new Support();
  }

  @SuppressWarnings("serial") // Never serialized.
  private static final class Support extends SimpleModule {
    Support() {
      super("ring-families");
      setDeserializers(new Readers());
      setDeserializerModifier(new Variants());
    }
  }

  @SuppressWarnings("serial") // Never serialized.
  private static final class Readers extends SimpleDeserializers {
    @Override
    public @Nullable JsonDeserializer<?> findBeanDeserializer(
        JavaType type, DeserializationConfig config, BeanDescription description) {
      return Family.isFamily(type.getRawClass()) ? new FamilyReader(type, config) : null;
    }
  }

  @SuppressWarnings("serial") // Never serialized.
  private static final class Variants extends BeanDeserializerModifier {
    @Override
    public JsonDeserializer<?> modifyDeserializer(
        DeserializationConfig config, BeanDescription description, JsonDeserializer<?> reader) {
      String name = Family.nameOf(description.getBeanClass());
      return name == null ? reader : new VariantReader(name, reader);
    }
  }

  /** Reads a value of a family by the variant its {@code type} names. */
  private static final class FamilyReader extends JsonDeserializer<Object> {

    private final Map<String, JavaType> variants = new TreeMap<>();
    // Filled when first needed, since a variant may in turn hold values of its family.
    private final Map<String, JsonDeserializer<Object>> readers = new ConcurrentHashMap<>();

    FamilyReader(JavaType family, DeserializationConfig config) {
      Family.variants(family.getRawClass())
          .forEach(
              (name, type) ->
                  variants.put(
                      name, config.getTypeFactory().constructSpecializedType(family, type)));
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String name = nameAt(parser, variants);
      JsonDeserializer<Object> reader = readers.get(name);
      if (reader == null) {
        reader = context.findRootValueDeserializer(variants.get(name));
        readers.put(name, reader);
      }
      return reader.deserialize(parser, context);
    }
  }

  /** Reads one variant, after making sure that it is this one. */
  @SuppressWarnings("serial") // Never serialized.
  private static final class VariantReader extends DelegatingDeserializer {

    private final String name;
    private final Map<String, String> known;

    VariantReader(String name, JsonDeserializer<?> reader) {
      super(reader);
      this.name = name;
      this.known = Map.of(name, name);
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> reader) {
      return new VariantReader(name, reader);
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      nameAt(parser, known);
      return super.deserialize(parser, context);
    }
  }

  /** Writes the field {@code type}. */
  @SuppressWarnings("serial") // Never serialized.
  static final class TypeWriter extends VirtualBeanPropertyWriter {

    private static final SerializedString FIELD = new SerializedString(Family.TYPE);

    private final SerializedString name;

    TypeWriter(BeanPropertyDefinition field, Annotations annotations, JavaType text, String name) {
      super(field, annotations, text);
      this.name = new SerializedString(name);
    }

    @Override
    public VirtualBeanPropertyWriter withConfig(
        MapperConfig<?> config,
        AnnotatedClass declaring,
        BeanPropertyDefinition field,
        JavaType type) {
      return this;
    }

    @Override
    protected Object value(Object bean, JsonGenerator generator, SerializerProvider provider) {
      return name.getValue();
    }

    @Override
    public void serializeAsField(Object bean, JsonGenerator generator, SerializerProvider provider)
        throws IOException {
      generator.writeFieldName(FIELD);
      generator.writeString(name);
    }
  }

  /** Reads Jackson's annotations, except those that choose types. */
  @SuppressWarnings("serial") // Never serialized.
  static final class Introspector extends JacksonAnnotationIntrospector {

    @Override
    public void findAndAddVirtualProperties(
        MapperConfig<?> config, AnnotatedClass declaring, List<BeanPropertyWriter> fields) {
      super.findAndAddVirtualProperties(config, declaring, fields);
      String name = Family.nameOf(declaring.getRawType());
      if (name == null) {
        return;
      }
      for (BeanPropertyWriter field : fields) {
        Family.checkFieldName(declaring.getRawType(), field.getName());
      }
      JavaType text = config.constructType(String.class);
      AnnotatedMember member =
          new VirtualAnnotatedMember(declaring, declaring.getRawType(), Family.TYPE, text);
      BeanPropertyDefinition field =
          SimpleBeanPropertyDefinition.construct(
              config, member, PropertyName.construct(Family.TYPE));
      fields.add(0, new TypeWriter(field, declaring.getAnnotations(), text, name));
    }

    @Override
    public JsonInclude.Value findPropertyInclusion(Annotated annotated) {
      return annotated.hasAnnotation(Sparse.class)
          ? JsonInclude.Value.construct(JsonInclude.Include.NON_DEFAULT, null)
          : super.findPropertyInclusion(annotated);
    }

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(
        MapperConfig<?> config, Annotated annotated) {
      return null;
    }

    @Override
    public @Nullable TypeResolverBuilder<?> findTypeResolver(
        MapperConfig<?> config, AnnotatedClass declaring, JavaType base) {
      return null;
    }

    @Override
    public @Nullable TypeResolverBuilder<?> findPropertyTypeResolver(
        MapperConfig<?> config, AnnotatedMember member, JavaType base) {
      return null;
    }

    @Override
    public @Nullable TypeResolverBuilder<?> findPropertyContentTypeResolver(
        MapperConfig<?> config, AnnotatedMember member, JavaType container) {
      return null;
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(Annotated annotated) {
      return null;
    }
  }

  /** The name in the object at which the parser stands, if it is one of these. */
  private static String nameAt(JsonParser parser, Map<String, ?> known) {
    if (!parser.hasToken(JsonToken.START_OBJECT) || !(parser instanceof WireFactory.Parser wire)) {
      throw new RingException.InvalidInput("an object is expected");
    }
    Slice name = wire.value().field(Family.TYPE);
    if (name == null) {
      throw new RingException.InvalidInput("the field 'type' is missing; " + names(known));
    }
    String text = name.first() == '"' ? name.text() : "";
    if (!known.containsKey(text)) {
      throw new RingException.InvalidInput(
          "unknown type '" + Printable.text(text, NAME_CHARS_MAX) + "'; " + names(known));
    }
    return text;
  }

  private static String names(Map<String, ?> known) {
    String more = known.size() > NAMES_SHOWN_MAX ? ", …" : "";
    return "known here: "
        + String.join(", ", known.keySet().stream().limit(NAMES_SHOWN_MAX).toList())
        + more;
  }
}
