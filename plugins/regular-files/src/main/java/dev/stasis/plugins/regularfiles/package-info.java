/** Files that are found again by their path and hold no state of their own beyond position and flags. */
package dev.stasis.plugins.regularfiles;
