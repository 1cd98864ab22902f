/** Unix domain sockets, with their connections, names and contents. */
package dev.stasis.plugins.unixsockets;
