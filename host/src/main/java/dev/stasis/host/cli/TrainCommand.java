package dev.stasis.host.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis train}: a run for the launcher to learn from which classes a dump and a restore load. Hidden. */
final class TrainCommand implements Command {

    @Override
    public String name() {
        return "train";
    }

    @Override
    public CommandSpec syntax() {
        return Syntax.of("train", "Loads what a dump and a restore load.")
                .value("DIR", String.class, "Load the plugins in DIR instead of the installed ones.", Session.PLUGINS_DIR)
                .spec();
    }

    @Override
    public boolean usesPlugins() {
        return true;
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        throw new UsageException("not there yet");
    }
}
