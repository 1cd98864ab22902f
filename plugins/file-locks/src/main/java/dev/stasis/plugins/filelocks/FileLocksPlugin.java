package dev.stasis.plugins.filelocks;

import dev.stasis.spi.DumpHook;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps POSIX locks, locks of open file descriptions, flock(2) locks and leases. */
public final class FileLocksPlugin implements StasisPlugin {

    @Override
    public String id() {
        return "file-locks";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<DumpHook> dumpHooks() {
        return List.of(new LockDump());
    }

    @Override
    public Collection<RestoreHook> restoreHooks() {
        return List.of(new LockRestore());
    }
}
