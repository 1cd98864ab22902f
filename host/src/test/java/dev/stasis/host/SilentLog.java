package dev.stasis.host;

import dev.stasis.spi.Log;

/** A log nobody listens to. */
public final class SilentLog implements Log {
    @Override
    public void warn(String message) {}

    @Override
    public void info(String message) {}

    @Override
    public void debug(String message) {}

    @Override
    public boolean isDebug() {
        return false;
    }
}
