/**
 * The kernel's vocabulary, typed: descriptors with an owner, tasks, addresses and descriptors of other tasks, paths as
 * bytes, errors with their names.
 */
@Export
@Version("1.1.0")
package dev.stasis.linux;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
