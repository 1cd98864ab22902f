/** Files on mounts that are no longer where they were, through death and back. */
package dev.stasis.detached;
