/** Tests of the transport: plain state in {@code *Test}, real sockets in {@code *IT}. */
@NullMarked
package org.ringoverlay.transport.netty;

import org.jspecify.annotations.NullMarked;
