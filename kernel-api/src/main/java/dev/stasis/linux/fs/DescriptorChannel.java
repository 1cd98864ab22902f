package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/**
 * A pair of connected sockets through which descriptors are handed to another process, up to {@value #MOST} in a message.
 * One thread at a time.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a> SCM_RIGHTS
 */
public final class DescriptorChannel implements AutoCloseable {
    /** How many descriptors one message carries. */
    public static final int MOST = 253;

    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET_CLOEXEC = 5 | 0x80000;
    private static final int MESSAGE_HEADER = 56;
    private static final int CONTROL_HEADER = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

    private final Fd near;
    private final Fd far;
    private final NativeMemory message = NativeMemory.allocate(MESSAGE_HEADER + 24 + CONTROL_HEADER + 4 * MOST + 4);

    private DescriptorChannel(Fd near, Fd far) {
        this.near = near;
        this.far = far;
    }

    /** Opens one. @see socketpair(2) */
    public static DescriptorChannel open() {
        Scratch scratch = Scratch.take();
        int pair = scratch.reserve(2 * Integer.BYTES);
        check("socketpair", "AF_UNIX",
                Syscalls.call4(SyscallNumber.SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET_CLOEXEC, 0, scratch.address(pair)));
        return new DescriptorChannel(Fd.own(scratch.memory().getInt(pair)), Fd.own(scratch.memory().getInt(pair + 4)));
    }

    /** The end at which they are received; borrowed. */
    public Fd receiver() {
        return far;
    }

    /** How large a buffer the control message for {@code count} descriptors takes, in bytes. */
    public static int controlSize(int count) {
        return (CONTROL_HEADER + 4 * count + 7) & ~7;
    }

    /** Sends copies of {@code files}, with one byte that means nothing. @see sendmsg(2) */
    public void send(Fd[] files, int count) {
        int vector = MESSAGE_HEADER;
        int control = vector + 24;
        message.putLong(vector, message.address() + vector + 16).putLong(vector + 8, 1);
        message.putLong(16, message.address() + vector).putLong(24, 1);
        message.putLong(32, message.address() + control).putLong(40, CONTROL_HEADER + 4L * count);
        message.putLong(control, CONTROL_HEADER + 4L * count).putInt(control + 8, SOL_SOCKET).putInt(control + 12, SCM_RIGHTS);
        for (int i = 0; i < count; i++) {
            message.putInt(control + CONTROL_HEADER + 4 * i, files[i].number());
        }
        check("sendmsg", count + " descriptors", Syscalls.call3(SyscallNumber.SENDMSG, near.number(), message.address(), 0));
    }

    @Override
    public void close() {
        near.close();
        far.close();
    }
}
