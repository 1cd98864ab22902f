/** A process made of one page of bytes, from which other processes are grown by calls made in it. */
@Export
@Version("1.1.0")
package dev.stasis.linux.seed;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
