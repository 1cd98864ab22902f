/** Unix domain sockets, dumped and restored with the programs that have them. */
package dev.stasis.unixsockets;
