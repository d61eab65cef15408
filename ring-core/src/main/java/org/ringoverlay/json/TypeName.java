package org.ringoverlay.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name by which a record of a sealed family is known in JSON, in its field {@code type}.
 *
 * <p>Without it the name is the record's simple name with its first letter in lower case. Give one
 * to be free to rename the record: the name is what other nodes and stored records know.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface TypeName {

  /** The name; not empty, and unlike that of every other record of the family. */
  String value();
}
