/** Descriptors that signals are read from, as signalfd(2) makes them. */
package dev.stasis.plugins.signalfds;
