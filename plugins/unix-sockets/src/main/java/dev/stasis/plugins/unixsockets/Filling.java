package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.plugins.unixsockets.proto.sk_packet_entry;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** Puts into sockets what waited in them: has it sent by whom it came from. */
final class Filling {
    private static final int MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
    /** More than the kernel takes beside the bytes of a packet. */
    private static final int PACKET = 1 << 13;
    /** The largest buffer that there is. */
    static final long MUCH = Integer.MAX_VALUE / 2;
    private static final int VECTOR = 56;
    private static final int CONTROL = 80;
    private static final int CONTROL_LENGTH = 32;
    private static final int ADDRESS = 128;
    private static final int HEAD = 256;

    private final Fd file;
    private final UnixCalls calls;
    private final Callers callers;
    private NativeMemory contents = NativeMemory.allocate(1 << 16);
    private NativeMemory memory = NativeMemory.allocate(HEAD + (1 << 16));

    /** From {@code file}, borrowed. */
    Filling(Fd file, UnixCalls calls, Callers callers) {
        this.file = file;
        this.calls = calls;
        this.callers = callers;
    }

    /** Lets {@code sender} send {@code bytes} before anything of it is received. */
    void makeRoom(Fd sender, long bytes) {
        calls.option(sender, UnixCalls.SO_SNDBUFFORCE, (int) Math.min(MUCH, bytes + 2 * PACKET));
    }

    /** How much of its room {@code packet} takes from who sends it. */
    static long room(QueueFile.Packet packet) {
        return 2L * packet.entry().getLength() + PACKET;
    }

    /**
     * Has {@code sender} send {@code packet}, to {@code address} or, if that is null, to what it is connected to; {@code to} is for
     * messages.
     */
    void send(QueueFile.Packet packet, Fd sender, byte[] address, MadeSocket to) {
        int length = packet.entry().getLength();
        prepare(length, packet.entry(), address);
        int read = length == 0 ? 0 : FileCalls.readAt(file, slice(length), length, packet.contents());
        if (read != length) {
            throw new StasisException(new Problem(UnixSocketsErrorCode.ENTRY_MALFORMED, QueueFile.NAME, "it ends within a packet",
                    "take the image directory as a whole"));
        }
        memory.copy(HEAD, contents, 0, length);
        int sent = 0;
        do {
            memory.putLong(VECTOR, memory.address() + HEAD + sent).putLong(VECTOR + 8, length - sent);
            long result = SystemCalls.tryCall(SyscallNumber.SENDMSG, sender.number(), memory.address(), MSG_DONTWAIT_NOSIGNAL);
            if (result < 0) {
                throw failed(to, new Errno((int) -result));
            }
            sent += (int) result;
        } while (sent < length);
    }

    private NativeMemory slice(int length) {
        if (contents.size() < length) {
            contents = NativeMemory.allocate(length);
        }
        return contents;
    }

    private void prepare(int length, sk_packet_entry entry, byte[] address) {
        if (memory.size() < HEAD + length) {
            memory = NativeMemory.allocate(HEAD + length);
        }
        memory.clear(0, HEAD);
        memory.putLong(16, memory.address() + VECTOR).putLong(24, 1);
        if (address != null) {
            memory.put(ADDRESS, address).putLong(0, memory.address() + ADDRESS).putInt(8, address.length);
        }
        if (entry.hasUcred()) {
            memory.putLong(32, memory.address() + CONTROL).putLong(40, CONTROL_LENGTH);
            memory.putLong(CONTROL, 28).putInt(CONTROL + 8, UnixCalls.SOL_SOCKET).putInt(CONTROL + 12, 2);
            memory.putInt(CONTROL + 16, callers.numberHere(entry.getUcred().getPid()));
            memory.putInt(CONTROL + 20, entry.getUcred().getUid()).putInt(CONTROL + 24, entry.getUcred().getGid());
        }
    }

    private static RuntimeException failed(MadeSocket to, Errno errno) {
        if (!errno.equals(Errno.EAGAIN)) {
            return new KernelException("sendmsg", to, errno);
        }
        return new StasisException(new Problem(UnixSocketsErrorCode.CONTENTS_DO_NOT_FIT, to.toString(),
                "more packets waited in it than may wait here", "raise /proc/sys/net/unix/max_dgram_qlen"));
    }
}
