/** Sockets of IPv4 and IPv6. */
package dev.stasis.plugins.inetsockets;
