/** Anonymous files in memory, as memfd_create(2) makes them. */
package dev.stasis.plugins.memfds;
