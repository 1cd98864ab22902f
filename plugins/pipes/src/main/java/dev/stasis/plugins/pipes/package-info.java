/** Pipes and FIFOs, with what is in them. */
package dev.stasis.plugins.pipes;
