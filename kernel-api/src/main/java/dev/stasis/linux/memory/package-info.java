/** The memory of other processes: which pages hold something, and copies of many pieces at once. */
@Export
@Version("1.1.0")
package dev.stasis.linux.memory;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
