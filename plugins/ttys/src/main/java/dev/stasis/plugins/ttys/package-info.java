/** Terminals: ptys that are wholly in a tree, and the terminal that a tree was started from. */
package dev.stasis.plugins.ttys;
