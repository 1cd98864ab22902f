/** The image directory: CRIU's format on disk, sealed by a manifest of our own. */
package dev.stasis.host.image;
