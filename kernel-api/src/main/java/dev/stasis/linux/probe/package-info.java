/**
 * What the running kernel and the caller's privileges allow, found by asking the kernel itself: calls with arguments that
 * cannot succeed, judged by the error they give. Versions are never compared.
 */
@Export
@Version("1.0.0")
package dev.stasis.linux.probe;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
