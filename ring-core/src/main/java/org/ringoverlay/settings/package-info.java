/**
 * Named settings: one name in the builder, the system property, the environment and the YAML file.
 *
 * <p>Entry types: {@link org.ringoverlay.settings.Setting} (a name, a default, a rule) and {@link
 * org.ringoverlay.settings.Settings} (the values of one node and where each came from). Invariant:
 * a value that breaks its rule never leaves this package. Imports the error family alone.
 */
@NullMarked
package org.ringoverlay.settings;

import org.jspecify.annotations.NullMarked;
