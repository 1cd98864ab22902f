/** Files that were opened through mounts which are no longer where their paths say. */
package dev.stasis.plugins.detachedmounts;
