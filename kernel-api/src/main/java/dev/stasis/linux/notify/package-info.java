/** Calls on inotify instances and fanotify groups, and what they tell. */
@Export
@Version("1.1.0")
package dev.stasis.linux.notify;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
