package dev.stasis.host.cli;

import dev.stasis.host.files.FilesErrorCode;
import dev.stasis.host.plugin.PluginErrorCode;
import dev.stasis.spi.ErrorType;
import dev.stasis.spi.Problem;
import java.util.List;

/** Prints why a command failed: every problem on a line of its own, and at the end what to do. */
final class FailureText {
    private final String command;
    private final Session session;

    FailureText(String command, Session session) {
        this.command = command;
        this.session = session;
    }

    /** Prints {@code problems}; returns the exit status. */
    int print(List<Problem> problems, boolean json) {
        session.log().flush();
        if (json) {
            session.console().answer(JsonText.problems(command, problems));
        }
        for (Problem problem : problems) {
            session.console().say(onOneLine(problem.toString()));
        }
        session.console().say(summary(problems) + advice(problems));
        return ExitStatus.FAILED;
    }

    /** Names of tasks may have line breaks in them, and what a terminal obeys: written as proc(5) writes them in paths. */
    private static String onOneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == 0x7f) {
                line.append('\\').append((char) ('0' + (c >> 6))).append((char) ('0' + (c >> 3 & 7))).append((char) ('0' + (c & 7)));
            } else {
                line.append(c);
            }
        }
        return line.toString();
    }

    /** Prints a failure that nobody foresaw. */
    int printUnexpected(Throwable failure, boolean json) {
        session.log().failure(failure);
        return print(List.of(new Problem(CliError.UNEXPECTED, command, failure.toString(), "")), json);
    }

    private String summary(List<Problem> problems) {
        if (command.equals("check")) {
            return "this machine cannot dump or restore. ";
        }
        String count = problems.size() == 1 ? "" : " (" + problems.size() + " problems)";
        return command + " not done" + count + ", nothing was changed. ";
    }

    /** The advice for the gravest of the problems: a fault of ours first, since no request can help then. */
    private static String advice(List<Problem> problems) {
        if (hasFaultOfPlugin(problems)) {
            return "This is a fault of the plugin named above: leave it out (--plugins), or tell its authors.";
        }
        if (has(problems, ErrorType.INTERNAL)) {
            return "This is a fault of Stasis: please report it with the log of -v4 -o FILE.";
        }
        if (problems.get(0).code() == CliError.INTERRUPTED) {
            return "";
        }
        if (has(problems, ErrorType.ENVIRONMENT)) {
            return "Put right what is named above and try again ('stasis check' shows all that a machine can lack).";
        }
        if (has(problems, ErrorType.UNSUPPORTED)) {
            return "Close what is named above, or add a plugin that keeps it ('stasis plugins list'), and try again.";
        }
        return "Change the request as said above and try again.";
    }

    private static boolean hasFaultOfPlugin(List<Problem> problems) {
        for (Problem problem : problems) {
            if (problem.code().type() == ErrorType.INTERNAL && (problem.code() == FilesErrorCode.PLUGIN_FAULTY
                    || problem.code() instanceof PluginErrorCode && problem.code() != PluginErrorCode.PLUGIN_FRAMEWORK_FAILED)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(List<Problem> problems, ErrorType type) {
        for (Problem problem : problems) {
            if (problem.code().type() == type) {
                return true;
            }
        }
        return false;
    }
}
