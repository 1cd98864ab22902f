/** The host: {@link dev.stasis.host.Stasis} for those who embed it; the command line is in {@code cli}. */
package dev.stasis.host;
