/** Counters that tasks wait for, as eventfd(2) makes them. */
package dev.stasis.plugins.eventfds;
