package dev.stasis.host.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command of the tool. */
interface Command {

    /** The word that calls it. */
    String name();

    /** What it takes. Options that are in no syntax are offered to the plugins if {@link #usesPlugins()}. */
    CommandSpec syntax();

    /** Whether it works with plugins, which are then started before it runs and understand options of their own. */
    default boolean usesPlugins() {
        return false;
    }

    /** Whether it is about to dump, which can be got ready for while its arguments are still being read. */
    default boolean dumps() {
        return false;
    }

    /** Whether it changes processes, which a user's wish to stop must not leave half done: see {@link Session#interruption}. */
    default boolean changesTrees() {
        return false;
    }

    /**
     * Does it; returns an exit status. A {@link dev.stasis.spi.StasisException} is printed by the caller.
     *
     * @param arguments what was given, matching {@link #syntax()}
     */
    int run(ParseResult arguments, Session session);
}
