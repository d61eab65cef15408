package org.ringoverlay.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Of a record of this kind what a reader takes for granted is not written: null, 0, false, and
 * empty texts and lists.
 *
 * <p>For messages of which there are very many. A text or a list that may be empty is null for the
 * reader then, so the record's constructor has to make it empty again. A record with a component
 * that is a {@code Long} or an {@code Integer} should be none: its 0 is left out too, and is read
 * as null.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Sparse {}
