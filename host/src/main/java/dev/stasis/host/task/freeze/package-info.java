/**
 * Stops a tree of processes and lets it go again. While stopped, each thread has its own registers and signal mask at every
 * moment at which it does not make a call for us, so that the tree goes on unharmed should this process die.
 */
package dev.stasis.host.task.freeze;
