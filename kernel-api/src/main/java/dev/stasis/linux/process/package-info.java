/** Calls on processes and threads. */
@Export
@Version("1.1.0")
package dev.stasis.linux.process;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
