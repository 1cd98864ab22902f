/** Stopping threads, reading and setting their state, and system calls made by them. */
@Export
@Version("1.1.0")
package dev.stasis.linux.ptrace;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
