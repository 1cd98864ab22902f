package dev.stasis.host.cli;

import java.io.PrintStream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Prints help texts. Starts nothing and needs no privileges. */
final class Help {
    private final PrintStream out;

    Help(PrintStream out) {
        this.out = out;
    }

    /** What the tool is and which commands it has: text as it stands, so that it appears at once. */
    void overview() {
        out.println("""
                Usage: stasis COMMAND [OPTIONS]
                Freezes a tree of running Linux processes into a directory and brings it back.

                  dump -t PID -D DIR     write the tree of processes below PID into DIR, then end it (or -R: let it run on)
                  restore -D DIR         bring the tree in DIR back (-d: do not wait for it)
                  inspect PID|DIR        show the open files of a live tree or of an image, and who holds them
                  images rm DIR          remove an image, with what it keeps elsewhere
                  check                  show whether this machine has what is needed
                  plugins list           show the plugins, and the files and options they know; also: info, check, install,
                                         remove, enable, disable
                  demo                   checkpoint and restore a small program and watch it count on

                'stasis COMMAND --help' tells more. Exit status: 0 done, 1 refused or failed, 2 wrong usage.""");
    }

    /** What {@code command} takes. */
    void of(Command command) {
        CommandLine line = new CommandLine(command.syntax());
        line.getCommandSpec().name("stasis " + command.name());
        line.usage(out, Ansi.AUTO);
        if (command.usesPlugins()) {
            out.println("Plugins understand further options, which 'stasis plugins list' shows.");
        }
    }
}
