/** The dump and the restore, stage by stage. */
package dev.stasis.host.phase;
