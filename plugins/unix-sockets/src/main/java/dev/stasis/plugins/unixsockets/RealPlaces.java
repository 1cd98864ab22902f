package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.CallSequence;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.plugins.unixsockets.proto.attribute_entry;
import dev.stasis.plugins.unixsockets.proto.place_entry;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Binds sockets to files where they were. A file there that nobody is bound to any more is what the death of the tree left: it makes
 * room, and comes back should anything fail on the way, whatever becomes of this process.
 */
final class RealPlaces {
    private static final OpenFlags DIRECTORY = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    private final UnixCalls calls;

    RealPlaces(UnixCalls calls) {
        this.calls = calls;
    }

    static UnixPath path(place_entry place) {
        return UnixPath.of(place.getPath().toByteArray());
    }

    /** What keeps {@code place} from being taken; empty when nothing does. */
    Optional<String> obstacle(place_entry place) {
        UnixPath path = path(place);
        Optional<FileStatus> parent = FileCalls.tryStatus(path.parent());
        if (parent.isEmpty() || parent.get().type() != FileType.DIRECTORY) {
            return Optional.of("there is no directory " + path.parent() + " any more");
        }
        if (place.hasBase() && FileCalls.tryStatus(UnixPath.of(place.getBase().toByteArray())).isEmpty()) {
            return Optional.of("there is no directory " + UnixPath.of(place.getBase().toByteArray()) + " any more");
        }
        Optional<FileStatus> there = FileCalls.tryLinkStatus(path);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        if (there.get().type() != FileType.SOCKET) {
            return Optional.of("what is at " + path + " now is no socket");
        }
        return isInUse(path) ? Optional.of("somebody else is bound to " + path + " now") : Optional.empty();
    }

    /** Whether a socket is bound to the file at {@code path}: connecting a datagram socket disturbs nobody, and tells. */
    boolean isInUse(UnixPath path) {
        try (Fd parent = FileCalls.open(path.parent(), DIRECTORY, 0); Fd probe = calls.socket(UnixCalls.DATAGRAM)) {
            long result = calls.tryConnect(probe, address(parent, path));
            return !UnixCalls.is(result, Errno.ENOENT) && result != -111;
        }
    }

    /** The address by which we reach the socket at {@code path}, whose directory is {@code parent}. */
    static byte[] address(Fd parent, UnixPath path) {
        byte[] start = ("/proc/self/fd/" + parent.number() + "/").getBytes(StandardCharsets.US_ASCII);
        byte[] name = path.fileName().bytes();
        byte[] all = new byte[start.length + name.length + 1];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(name, 0, all, start.length, name.length);
        return UnixCalls.address(all);
    }

    /** Binds {@code socket} by {@code name} to {@code place}. */
    void bind(Fd socket, byte[] name, place_entry place) {
        UnixPath path = path(place);
        try (Fd parent = FileCalls.open(path.parent(), DIRECTORY, 0);
                Fd base = place.hasBase() ? FileCalls.open(UnixPath.of(place.getBase().toByteArray()), DIRECTORY, 0) : null) {
            boolean left = FileCalls.tryLinkStatusAt(parent, path.fileName()).isPresent();
            bind(socket, name, place, parent, base, left);
            try (Fd file = FileCalls.openAt(parent, path.fileName(), OpenFlags.PATH.with(OpenFlags.NOFOLLOW), 0)) {
                AttributeCalls.ownerAndPermissions(file, place.getPerms().getUid(), place.getPerms().getGid(),
                        place.getPerms().getMode());
                attributes(file, place);
            }
        }
    }

    private static void attributes(Fd file, place_entry place) {
        for (attribute_entry attribute : place.getAttributesList()) {
            UnixPath name = UnixPath.of(attribute.getName().toByteArray());
            AttributeCalls.value(file, name, attribute.getValue().toByteArray());
        }
    }

    /** 1 what was left makes room; 2 the socket is bound; 3 what was left is removed, or, if it was not bound, put back. */
    private static void bind(Fd socket, byte[] name, place_entry place, Fd parent, Fd base, boolean left) {
        UnixPath file = path(place).fileName();
        UnixPath aside = UnixPath.of(".stasis-" + ProcessCalls.self() + "-" + socket.number());
        byte[] address = UnixCalls.address(name);
        NativeMemory memory = NativeMemory.allocate(address.length).put(0, address);
        CallSequence sequence = new CallSequence();
        if (left) {
            sequence.call("renameat", file, SyscallNumber.RENAMEAT, parent, file, parent, aside);
        }
        CallSequence.Step entered = base == null ? null : sequence.call("fchdir", file, SyscallNumber.FCHDIR, base);
        CallSequence.Step confined = !place.getChroot() ? null
                : sequence.call("chroot", file, SyscallNumber.CHROOT, UnixPath.of("."));
        CallSequence.Step bound = sequence.call("bind", Names.text(name), SyscallNumber.BIND, socket, memory, address.length);
        if (left) {
            sequence.call("unlinkat", aside, SyscallNumber.UNLINKAT, parent, aside, 0);
            sequence.stop();
            CallSequence.Step back = sequence.call("renameat", aside, SyscallNumber.RENAMEAT, parent, aside, parent, file);
            for (CallSequence.Step step : new CallSequence.Step[] {entered, confined, bound}) {
                if (step != null) {
                    step.onFailure(back);
                }
            }
        }
        sequence.run();
        bound.result();
    }

    /** Takes away again the file that {@link #bind} made at {@code place}, where there was none. */
    static void remove(place_entry place) {
        UnixPath path = path(place);
        try (Fd parent = FileCalls.open(path.parent(), DIRECTORY, 0)) {
            DirectoryCalls.tryUnlink(parent, path.fileName());
        }
    }
}
