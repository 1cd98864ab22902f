package dev.stasis.host.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Builds the syntax of a command by program: reading it from annotations would cost a cold start some 20 ms more. */
final class Syntax {
    private final CommandSpec command;

    private Syntax(CommandSpec command) {
        this.command = command;
    }

    static Syntax of(String name, String description) {
        CommandSpec command = CommandSpec.create().name(name);
        command.usageMessage().description(description);
        Syntax syntax = new Syntax(command);
        command.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).arity("0").type(boolean.class)
                .description("Show this help and exit.").build());
        return syntax;
    }

    /** An option without a value. */
    Syntax flag(String description, String... names) {
        command.addOption(OptionSpec.builder(names).arity("0").type(boolean.class).description(description).build());
        return this;
    }

    /** An option with a value. */
    Syntax value(String label, Class<?> type, String description, String... names) {
        command.addOption(OptionSpec.builder(names).arity("1").type(type).paramLabel(label)
                .description(description).build());
        return this;
    }

    /** An option with a value that can be given several times. */
    Syntax values(String label, String description, String... names) {
        command.addOption(OptionSpec.builder(names).arity("1").type(List.class).auxiliaryTypes(String.class).paramLabel(label)
                .description(description).build());
        return this;
    }

    /** An option with a value that must be given. */
    Syntax required(String label, Class<?> type, String description, String... names) {
        command.addOption(OptionSpec.builder(names).arity("1").type(type).paramLabel(label).required(true)
                .description(description).build());
        return this;
    }

    /** The options that all commands with plugins share: where plugins are, and what is logged. */
    Syntax common() {
        command.addOption(OptionSpec.builder("-v", "--verbosity").arity("0..1").type(String.class).paramLabel("N")
                .fallbackValue("").description("Log more: -v1 errors, -v2 warnings (usual), -v3 or -v steps, -v4 or -vv details.")
                .build());
        return value("FILE", String.class, "Write the log to FILE, relative to the image directory.", "-o", "--log-file")
                .values("DIR", "Load the plugins in DIR besides the installed ones.", Session.PLUGINS_DIR)
                .values("ID,...", "Use only these plugins.", Session.PLUGINS)
                .flag("Print the report or the problems as JSON.", "--json");
    }

    CommandSpec spec() {
        return command;
    }
}
