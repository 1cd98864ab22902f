package dev.stasis.host.image;

/** The version of Stasis that images name as their maker. */
public final class ToolVersion {
    /** As in the build file. */
    public static final String TEXT = "0.1.0-SNAPSHOT";

    private ToolVersion() {}
}
