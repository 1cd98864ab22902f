package dev.stasis.host.cli;

/** What the exit status of the tool says, but for an attached restore, which ends as the restored program does. */
final class ExitStatus {
    /** All that was asked for is done. */
    static final int DONE = 0;

    /** Refused or failed; nothing is lost and nothing was left behind. */
    static final int FAILED = 1;

    /** The command line makes no sense. */
    static final int USAGE = 2;

    private ExitStatus() {}
}
