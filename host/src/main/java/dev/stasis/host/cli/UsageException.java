package dev.stasis.host.cli;

/** A command line that makes no sense: ends the tool with {@link ExitStatus#USAGE}. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
