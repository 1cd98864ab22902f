package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;

/**
 * Tells unix sockets by the attribute that the kernel shows of sockets, without a descriptor of them: that would be held until the
 * dump ends, and there may be many thousands of them.
 */
final class UnixSockets {
    private static final UnixPath PROTOCOL = UnixPath.of("system.sockprotoname");
    private static final int VALUE = 64;
    private static final int PATH = 96;
    private static final NativeMemory MEMORY = NativeMemory.allocate(256);

    private UnixSockets() {}

    /** Whether {@code file}, a socket, is one; false too where the kernel does not tell. */
    static boolean isOne(OpenFile file) {
        for (Holder holder : file.holders()) {
            if (holder instanceof Holder.Descriptor descriptor) {
                PROTOCOL.copyTo(MEMORY, 0);
                ProcFile.path(descriptor.task(), "fd/" + descriptor.number()).copyTo(MEMORY, PATH);
                long length = SystemCalls.tryCall(SyscallNumber.GETXATTR, MEMORY.address() + PATH, MEMORY.address(),
                        MEMORY.address() + VALUE, PATH - VALUE);
                return length >= Integer.BYTES && MEMORY.getInt(VALUE) == 0x58494e55; // "UNIX"
            }
        }
        return false;
    }
}
