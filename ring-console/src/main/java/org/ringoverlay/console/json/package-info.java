/** Writing JSON whose fields stand in the order in which people read them. */
@NullMarked
package org.ringoverlay.console.json;

import org.jspecify.annotations.NullMarked;
