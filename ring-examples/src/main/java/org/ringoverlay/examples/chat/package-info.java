/**
 * A chat in a terminal, over one topic.
 *
 * <p>Entry type: {@link org.ringoverlay.examples.chat.Chat}. Invariant: what others wrote reaches
 * the terminal printable only. It uses the public API and nothing else.
 */
@NullMarked
package org.ringoverlay.examples.chat;

import org.jspecify.annotations.NullMarked;
