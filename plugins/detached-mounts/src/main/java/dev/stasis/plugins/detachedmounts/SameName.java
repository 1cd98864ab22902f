package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import java.util.Optional;

/**
 * Tells whether a path leads to an open file by the very name that it was opened by, and not by another hard link: a handle
 * that can be connected is made of the file and the directory it was opened in.
 */
final class SameName {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    private final FileHandle handle;

    private SameName(FileHandle handle) {
        this.handle = handle;
    }

    /** For the file that {@code descriptor} refers to; borrowed. */
    static SameName of(Fd descriptor) {
        Optional<FileHandle> connectable = HandleCalls.tryConnectableHandle(descriptor);
        Optional<FileHandle> plain = HandleCalls.tryHandle(descriptor);
        boolean tellsDirectory = connectable.isPresent() && plain.isPresent()
                && connectable.get().bytes().length > plain.get().bytes().length;
        return new SameName(tellsDirectory ? connectable.get() : null);
    }

    /** Whether anything can be told here: kernel and file system must both know such handles. */
    boolean isKnown() {
        return handle != null;
    }

    /** Whether {@code path} below {@code root} leads to the file by that name, as far as the directory goes. */
    boolean isThatOf(Fd root, UnixPath path) {
        if (handle == null || path.length() < 2) {
            return false;
        }
        try (Fd file = LongPaths.open(root, path.dropFirst(1), LOOK)) {
            return HandleCalls.tryConnectableHandle(file).equals(Optional.of(handle));
        } catch (KernelException e) {
            return false;
        }
    }
}
