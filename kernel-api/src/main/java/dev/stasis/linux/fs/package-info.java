/** Calls on files, and what they tell. */
@Export
@Version("1.1.0")
package dev.stasis.linux.fs;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
