package dev.stasis.host.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis demo}: checkpoints and restores a small program, for people to watch. */
final class DemoCommand implements Command {

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public CommandSpec syntax() {
        return Syntax.of("demo", "Checkpoints and restores a small program that counts, and shows it counting on.")
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
