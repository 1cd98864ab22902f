package dev.stasis.host.cli;

import dev.stasis.host.image.ToolVersion;
import java.util.List;
import java.util.Optional;

/** Runs one command line: finds the command, reads its arguments, runs it and turns what came of it into an exit status. */
final class Tool {
    private final Console console;

    Tool(Console console) {
        this.console = console;
    }

    /** Runs {@code arguments}; returns the exit status. */
    int run(String[] arguments) {
        if (arguments.length == 0) {
            new Help(console.err()).overview();
            return ExitStatus.USAGE;
        }
        switch (arguments[0]) {
            case "-h", "--help", "help" -> new Help(console.out()).overview();
            case "-V", "--version", "version" -> console.answer("stasis " + ToolVersion.TEXT);
            default -> {
                return runCommand(arguments);
            }
        }
        return ExitStatus.DONE;
    }

    private int runCommand(String[] arguments) {
        Optional<Command> command = Commands.find(arguments[0]);
        if (command.isEmpty()) {
            console.say("there is no command '" + arguments[0] + "'");
            console.say("try 'stasis --help'");
            return ExitStatus.USAGE;
        }
        List<String> rest = List.of(arguments).subList(1, arguments.length);
        if (rest.contains("-h") || rest.contains("--help")) {
            new Help(console.out()).of(command.get());
            return ExitStatus.DONE;
        }
        return runCommand(command.get(), rest);
    }

    private int runCommand(Command command, List<String> arguments) {
        try (Session session = new Session(console)) {
            return new Attempt(command, session).run(arguments);
        }
    }
}
