/** Epoll instances. */
package dev.stasis.plugins.epoll;
