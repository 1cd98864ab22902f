package dev.stasis.host.cli;

/** The version of the tool. */
final class Version {
    /** As in the build file; a test holds the two together. */
    static final String TEXT = "0.1.0-SNAPSHOT";

    private Version() {}
}
