/**
 * What /proc tells of tasks, as records: parsers that take the bytes of a file and touch nothing else, and one reader of such
 * files.
 */
@Export
@Version("1.1.0")
package dev.stasis.linux.proc;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
