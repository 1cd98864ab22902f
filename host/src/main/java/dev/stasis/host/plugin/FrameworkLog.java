package dev.stasis.host.plugin;

import dev.stasis.spi.Log;
import org.apache.felix.framework.Logger;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/** Hands what Felix has to say to the log instead of the standard output. */
final class FrameworkLog extends Logger {
    private final Log log;

    FrameworkLog(Log log) {
        this.log = log;
    }

    @Override
    protected void doLog(Bundle bundle, ServiceReference reference, int level, String message, Throwable cause) {
        log.debug("plugin framework: " + (bundle == null ? "" : bundle + ": ") + message + (cause == null ? "" : ": " + cause));
    }

    @Override
    protected void doLog(int level, String message, Throwable cause) {
        doLog(null, null, level, message, cause);
    }
}
