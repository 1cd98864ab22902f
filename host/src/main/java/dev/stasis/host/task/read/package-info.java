/**
 * Reads the state of a frozen tree into the records of {@code dev.stasis.host.state}, and its memory into an image; says
 * beforehand what cannot be kept.
 */
package dev.stasis.host.task.read;
