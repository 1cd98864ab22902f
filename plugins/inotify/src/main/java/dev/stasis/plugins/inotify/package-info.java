/** Inotify instances: watches, and the queue event for event. */
package dev.stasis.plugins.inotify;
