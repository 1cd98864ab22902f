/** Files that are open but have lost their name. */
package dev.stasis.plugins.ghostfiles;
