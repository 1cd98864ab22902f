/**
 * Where plugins come from and what the host knows of them: one registry, filled through doors.
 *
 * <p>{@link dev.stasis.host.plugin.PluginRegistry} is made of pairs of a plugin and its origin and knows no door. The one
 * door so far takes OSGi bundles through an embedded Felix; only the package-private classes that are named after bundles
 * and the framework see its types.
 */
package dev.stasis.host.plugin;
