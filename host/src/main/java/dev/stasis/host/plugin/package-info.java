/**
 * Where plugins come from and what the host knows of them: one registry, filled through doors.
 *
 * <p>{@link dev.stasis.host.plugin.PluginRegistry} is made of pairs of a plugin and its origin and knows no door. One
 * door takes OSGi bundles through an embedded Felix; only the package-private classes that are named after bundles
 * and the framework see its types. The other takes plain jars and zips through PF4J, whose types only the classes named after
 * it and after plain plugins see, and which is not even loaded in a run without such a jar.
 */
package dev.stasis.host.plugin;
