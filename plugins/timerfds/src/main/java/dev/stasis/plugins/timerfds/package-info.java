/** Timers whose expirations are read, as timerfd_create(2) makes them. */
package dev.stasis.plugins.timerfds;
