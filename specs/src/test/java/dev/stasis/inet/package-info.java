/** What programs that have sockets of IPv4 and IPv6 see of a dump and a restore. */
package dev.stasis.inet;
