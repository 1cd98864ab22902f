package dev.stasis.host.plugin;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with plugins and with the place they come from. */
public enum PluginErrorCode implements ErrorCode {
    /** The directory of plugins does not exist or cannot be read. */
    PLUGIN_DIRECTORY_UNREADABLE(ErrorType.ENVIRONMENT),
    /** A file in it is not a jar, or is damaged. */
    PLUGIN_JAR_UNREADABLE(ErrorType.ENVIRONMENT),
    /** A jar in it is no valid OSGi bundle. */
    PLUGIN_NOT_A_BUNDLE(ErrorType.USER),
    /** A jar or zip in it is neither a bundle nor a plain plugin. */
    PLUGIN_NOT_RECOGNISED(ErrorType.USER),
    /** The descriptor of a plain plugin lacks something, or says what the plugin itself does not. */
    PLUGIN_DESCRIPTOR_WRONG(ErrorType.USER),
    /** It needs something that is not there, or not in that version. */
    PLUGIN_UNRESOLVED(ErrorType.ENVIRONMENT),
    /** The services file names a class that is missing or not a plugin. */
    PLUGIN_CLASS_MISSING(ErrorType.INTERNAL),
    /** The plugin failed while it was made or asked what it adds. */
    PLUGIN_FAILED(ErrorType.INTERNAL),
    /** Several plugins have the same id. */
    PLUGIN_ID_TAKEN(ErrorType.USER),
    /** What a plugin adds has the name of what another one adds. */
    PLUGIN_NAME_TAKEN(ErrorType.USER),
    /** What a plugin says of itself or of what it adds cannot be. */
    PLUGIN_MALFORMED(ErrorType.INTERNAL),
    /** The user disabled it. */
    PLUGIN_DISABLED(ErrorType.USER),
    /** A plugin that was asked for is not there. */
    PLUGIN_UNKNOWN(ErrorType.USER),
    /** The plugin framework itself did not start. */
    PLUGIN_FRAMEWORK_FAILED(ErrorType.INTERNAL);

    private final ErrorType type;

    PluginErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
