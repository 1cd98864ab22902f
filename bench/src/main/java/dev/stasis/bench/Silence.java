package dev.stasis.bench;

import dev.stasis.spi.Log;

/** Takes what is said, and keeps none of it. */
final class Silence implements Log {
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
