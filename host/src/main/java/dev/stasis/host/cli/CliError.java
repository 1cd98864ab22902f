package dev.stasis.host.cli;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can go wrong in the tool itself. */
enum CliError implements ErrorCode {
    /** Something happened that nobody foresaw. */
    UNEXPECTED(ErrorType.INTERNAL),
    /** The machine or the caller's privileges lack something. */
    MACHINE_LACKS(ErrorType.ENVIRONMENT),
    /** A signal asked to stop. */
    INTERRUPTED(ErrorType.USER),
    /** There is no process with the number given. */
    NO_SUCH_PROCESS(ErrorType.USER),
    /** A file of the tool itself (log, pid file) cannot be written. */
    CANNOT_WRITE(ErrorType.ENVIRONMENT),
    /** A plugin cannot be installed or removed as asked. */
    PLUGIN_UNCHANGED(ErrorType.USER),
    /** An image cannot be removed without the plugin that knows what it keeps elsewhere. */
    PLUGIN_OF_IMAGE_MISSING(ErrorType.USER),
    /** The demonstration did not go as it should. */
    DEMO_FAILED(ErrorType.INTERNAL);

    private final ErrorType type;

    CliError(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
