/** The native calls themselves. Not exported: plugins use the typed calls. */
package dev.stasis.linux.internal;
