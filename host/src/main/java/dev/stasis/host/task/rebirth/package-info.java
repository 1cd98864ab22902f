/**
 * Brings tasks back from their records. {@link dev.stasis.host.task.rebirth.RestorePlan} is pure and finds what cannot work
 * before anything exists; {@link dev.stasis.host.task.rebirth.Rebirth} grows the tree out of a seed, by calls made in it.
 */
package dev.stasis.host.task.rebirth;
