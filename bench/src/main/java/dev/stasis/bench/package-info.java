/** Workloads, and a runner that measures dumps and restores of them beside yardsticks taken in the same run. */
package dev.stasis.bench;
