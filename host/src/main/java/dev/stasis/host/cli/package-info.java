/**
 * The command line: reads what is asked, hands it to {@link dev.stasis.host.Stasis} and prints what came of it.
 *
 * <p>Everything here is on the way of a cold start, so commands are built one at a time, without annotations, and the
 * plugins start beside the reading of the arguments.
 */
package dev.stasis.host.cli;
