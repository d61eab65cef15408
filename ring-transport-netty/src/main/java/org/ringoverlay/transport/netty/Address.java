package org.ringoverlay.transport.netty;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;

/**
 * Reads and writes {@code host:port}, where the host is an IP address, one of version 6 in square
 * brackets, or {@code localhost}. Asks no name server.
 */
final class Address {
  private static final int PORT_MAX = 65_535;

  private Address() {}

  /**
   * An address to listen at; port 0 stands for any free one.
   *
   * @throws RingException.InvalidInput if it is malformed, not of this machine, or may not be
   *     served
   */
  static InetSocketAddress toListen(String text, ChannelSecurity security) {
    InetSocketAddress address = parse(text);
    if (!address.getAddress().isAnyLocalAddress() && !isOurs(address.getAddress())) {
      throw new RingException.InvalidInput(
          "Cannot listen at " + format(address) + ": this machine has no such address.");
    }
    return allowed(address, security);
  }

  /**
   * An address to connect to.
   *
   * @throws RingException.InvalidInput if it is malformed or may not be served
   */
  static InetSocketAddress toConnect(String text, ChannelSecurity security) {
    InetSocketAddress address = parse(text);
    if (address.getPort() == 0) {
      throw malformed(text, "nobody listens at port 0");
    }
    return allowed(address, security);
  }

  private static InetSocketAddress allowed(InetSocketAddress address, ChannelSecurity security) {
    if (!address.getAddress().isLoopbackAddress() && !security.reachesBeyondLoopback()) {
      throw notLoopback(format(address));
    }
    return address;
  }

  private static RingException notLoopback(String address) {
    return new RingException.InvalidInput(
        "Only loopback addresses are served until TLS is configured: "
            + address
            + " is none. Use 127.0.0.1, [::1] or localhost.");
  }

  private static InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw malformed(text, "the port is missing");
    }
    String host = text.substring(0, colon);
    int port = port(text, text.substring(colon + 1));
    if (host.equals("localhost")) {
      return new InetSocketAddress(numeric(new byte[] {127, 0, 0, 1}), port);
    }
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (!bracketed && host.indexOf(':') >= 0) {
      throw malformed(text, "an IPv6 address stands in square brackets, as in [::1]:7400");
    }
    String literal = bracketed ? host.substring(1, host.length() - 1) : host;
    byte[] bytes =
        literal.indexOf('%') >= 0 || (bracketed && literal.indexOf(':') < 0)
            ? null
            : NetUtil.createByteArrayFromIpAddressString(literal);
    if (bytes != null) {
      return new InetSocketAddress(numeric(bytes), port);
    }
    if (bracketed) {
      throw malformed(text, "there is no IPv6 address in the brackets");
    }
    if (literal.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.')) {
      throw malformed(text, "the IP address is wrong");
    }
    throw notLoopback("'" + Printable.text(literal, 80) + "'");
  }

  private static int port(String text, String digits) {
    boolean number =
        !digits.isEmpty()
            && digits.length() <= 5
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    int port = number ? Integer.parseInt(digits) : -1;
    if (port < 0 || port > PORT_MAX) {
      throw malformed(text, "a port is a number from 0 to " + PORT_MAX);
    }
    return port;
  }

  private static RingException malformed(String text, String why) {
    return new RingException.InvalidInput(
        "An address is host:port, as in 127.0.0.1:7400; '"
            + Printable.text(text, 80)
            + "' is not: "
            + why
            + ".");
  }

  private static InetAddress numeric(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException wrongLength) {
      throw new IllegalStateException("an IP address of " + bytes.length + " bytes", wrongLength);
    }
  }

  private static boolean isOurs(InetAddress address) {
    try {
      // Every address of 127/8 is the loopback's, though only one of them stands in its list.
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException unknown) {
      return true; // The system cannot say; binding will tell.
    }
  }

  /** The address as {@link #toConnect} reads it. */
  static String format(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    if (host == null) {
      return Printable.text(address.getHostString(), 80) + ":" + address.getPort();
    }
    return host instanceof Inet6Address
        ? "[" + NetUtil.toAddressString(host) + "]:" + address.getPort()
        : host.getHostAddress() + ":" + address.getPort();
  }
}
