/** The log of the tool: nothing is loaded for it until there is somewhere to log to. */
package dev.stasis.host.log;
