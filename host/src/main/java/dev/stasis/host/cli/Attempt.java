package dev.stasis.host.cli;

import dev.stasis.host.log.LogSettings;
import dev.stasis.spi.StasisException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** One command with its arguments, from reading them to the exit status, failures included. */
final class Attempt {
    private final Command command;
    private final Session session;

    Attempt(Command command, Session session) {
        this.command = command;
        this.session = session;
    }

    int run(List<String> arguments) {
        boolean json = arguments.contains("--json");
        try {
            if (command.changesTrees()) {
                session.listenFor(command.name());
            }
            if (command.usesPlugins()) {
                session.beginStart(Installation.sources(arguments, session.log()), command.dumps());
            }
            return command.run(read(arguments), session);
        } catch (ParameterException | UsageException e) {
            return usage(e.getMessage());
        } catch (StasisException e) {
            return new FailureText(command.name(), session).print(e.problems(), json);
        } catch (RuntimeException | Error e) {
            return new FailureText(command.name(), session).printUnexpected(e, json);
        }
    }

    private ParseResult read(List<String> arguments) {
        CommandLine line = new CommandLine(command.syntax());
        line.setUnmatchedArgumentsAllowed(command.usesPlugins());
        ParseResult result = line.parseArgs(arguments.toArray(new String[0]));
        session.pluginArguments(result.unmatched());
        if (command.usesPlugins()) {
            session.log().begin(settings(result));
        }
        return result;
    }

    private LogSettings settings(ParseResult arguments) {
        String verbosity = arguments.matchedOptionValue("-v", null);
        if (!isVerbosity(verbosity)) {
            throw new UsageException("-v takes a number from 1 to 4, not '" + verbosity + "'");
        }
        String directory = arguments.matchedOptionValue("-D", ".");
        if (directory.isEmpty()) {
            throw new UsageException("-D needs a directory");
        }
        String file = arguments.matchedOptionValue("-o", null);
        return LogSettings.of(verbosity, file == null ? null : LogFile.create(Path.of(directory), file));
    }

    private static boolean isVerbosity(String text) {
        if (text == null || text.length() == 1 && text.charAt(0) >= '1' && text.charAt(0) <= '4') {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != 'v') {
                return false;
            }
        }
        return true;
    }

    private int usage(String message) {
        session.console().say(message);
        session.console().say("try 'stasis " + command.name() + " --help'");
        return ExitStatus.USAGE;
    }
}
