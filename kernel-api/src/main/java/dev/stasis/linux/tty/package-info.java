/** Calls on terminals, and what they tell. */
@Export
@Version("1.0.0")
package dev.stasis.linux.tty;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
