package dev.stasis.host.cli;

import java.io.PrintStream;
import java.util.Objects;

/**
 * Where a command prints: answers to {@code out}, everything else to {@code err}. Needs no terminal.
 *
 * @param out answers
 * @param err problems, warnings, progress
 */
record Console(PrintStream out, PrintStream err) {
    Console {
        Objects.requireNonNull(out);
        Objects.requireNonNull(err);
    }

    static Console ofProcess() {
        return new Console(System.out, System.err);
    }

    /** Prints a line of the answer. */
    void answer(String line) {
        out.println(line);
    }

    /** Prints a line about the command itself, marked with the name of the tool. */
    void say(String line) {
        err.println("stasis: " + line);
    }
}
