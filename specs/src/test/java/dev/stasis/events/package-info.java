/** What Stasis does with the descriptors by which programs wait for events: eventfds, timerfds, signalfds. */
package dev.stasis.events;
