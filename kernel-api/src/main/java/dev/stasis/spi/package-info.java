/**
 * What a plugin implements and what the host hands it: kinds of open files, remaps, substitutions, hooks, and the records
 * and contexts they work with.
 *
 * <p>Start at {@link dev.stasis.spi.StasisPlugin}. Every call of a dump or a restore comes from one thread, in the order
 * of {@link dev.stasis.spi.DumpStage} and {@link dev.stasis.spi.RestoreStage}.
 */
@Export
@Version("1.1.0")
package dev.stasis.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
