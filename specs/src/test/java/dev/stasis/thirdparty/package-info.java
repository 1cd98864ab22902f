/** What plugins of third parties may rely on, and what a run may rely on whatever such a plugin does. */
package dev.stasis.thirdparty;
