package dev.stasis.host.files;

import dev.stasis.linux.KernelException;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.LocationRecord.Remapped;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.Objects;
import java.util.Optional;

/** Has the remaps of a file write how they find it again. */
final class LocationDump {
    private LocationDump() {}

    /** Where {@code one} is found again; null for what has no path. */
    static LocationRecord of(ClaimedFile one, DumpContext context, PluginFault fault) {
        return one.path() == null ? null : new LocationRecord(one.path(), mount(one, context, fault), path(one, context, fault));
    }

    private static Optional<Remapped> mount(ClaimedFile one, DumpContext context, PluginFault fault) {
        MountRemap remap = one.mountRemap();
        try {
            return remap == null ? Optional.empty()
                    : Optional.of(new Remapped(remap.name(), payload(remap.dump(one.file(), context))));
        } catch (KernelException e) {
            throw refused(remap, one.file(), fault, e);
        } catch (RuntimeException | Error e) {
            throw fault.of(remap, "dump its mount", FileClaims.subject(one.file()), e);
        }
    }

    private static Optional<Remapped> path(ClaimedFile one, DumpContext context, PluginFault fault) {
        PathRemap remap = one.pathRemap();
        try {
            return remap == null ? Optional.empty()
                    : Optional.of(new Remapped(remap.name(), payload(remap.dump(one.file(), context))));
        } catch (KernelException e) {
            throw refused(remap, one.file(), fault, e);
        } catch (RuntimeException | Error e) {
            throw fault.of(remap, "dump its location", FileClaims.subject(one.file()), e);
        }
    }

    /** What a plugin wrote; it must have written something. */
    static byte[] payload(byte[] message) {
        return Objects.requireNonNull(message, "it returned no message");
    }

    /** That the kernel refused {@code contribution}, a kind or a remap, something about {@code file}. */
    static StasisException refused(Object contribution, OpenFile file, PluginFault fault, KernelException e) {
        return new StasisException(new Problem(FilesErrorCode.FILE_NOT_DUMPED, FileClaims.subject(file),
                fault.named(contribution) + ": " + e.getMessage(), ""), e);
    }
}
