package dev.stasis.pipes;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.testkit.Puppet;
import java.nio.file.Path;

/** The two ends of a pipe that a puppet made, and what it does with pipes. */
record PuppetPipe(int read, int write) {
    private static final int F_SETFL = 4;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int FIONREAD = 0x541b;
    private static final int POLLHUP = 0x10;
    static final OpenFlags NONE = new OpenFlags(0);

    static PuppetPipe make(Puppet puppet, OpenFlags flags) {
        RemoteAddress ends = puppet.calls().lend(8);
        puppet.call(SyscallNumber.PIPE2, ends.value(), flags.bits());
        long both = puppet.memory().readLong(ends);
        return new PuppetPipe((int) both, (int) (both >>> 32));
    }

    static RemoteFd fd(Puppet puppet, int number) {
        return new RemoteFd(puppet.pid(), number);
    }

    static void write(Puppet puppet, int fd, String text) {
        puppet.write(fd(puppet, fd), text.getBytes());
    }

    /** What one read of up to {@code length} bytes gives. */
    static String read(Puppet puppet, int fd, int length) {
        return new String(puppet.read(fd(puppet, fd), length));
    }

    static int available(Puppet puppet, int fd) {
        RemoteAddress place = puppet.calls().lend(8);
        puppet.call(SyscallNumber.IOCTL, fd, FIONREAD, place.value());
        return (int) puppet.memory().readLong(place);
    }

    /** Whether poll(2) says that all writers have gone. */
    static boolean hasHungUp(Puppet puppet, int fd) {
        RemoteAddress entry = puppet.calls().lend(8);
        puppet.memory().write(entry, new byte[] {(byte) fd, 0, 0, 0, 0, 0, 0, 0});
        puppet.call(SyscallNumber.POLL, entry.value(), 1, 0);
        return (puppet.memory().readLong(entry) >>> 48 & POLLHUP) != 0;
    }

    static long capacity(Puppet puppet, int fd) {
        return puppet.call(SyscallNumber.FCNTL, fd, F_GETPIPE_SZ, 0);
    }

    static void capacity(Puppet puppet, int fd, int bytes) {
        puppet.call(SyscallNumber.FCNTL, fd, F_SETPIPE_SZ, bytes);
    }

    static void flags(Puppet puppet, int fd, OpenFlags flags) {
        puppet.call(SyscallNumber.FCNTL, fd, F_SETFL, flags.bits());
    }

    static OpenFlags flags(Puppet puppet, int fd) {
        return puppet.flags(fd(puppet, fd));
    }

    static void close(Puppet puppet, int fd) {
        puppet.close(fd(puppet, fd));
    }

    /** Opens what descriptor {@code fd} refers to once more. */
    static int reopen(Puppet puppet, int fd, OpenFlags flags) {
        return puppet.open(Path.of("/proc/" + puppet.pid() + "/fd/" + fd), flags, 0).number();
    }

    /** Whether two descriptors refer to one open file description. */
    static boolean same(Puppet puppet, int one, int other) {
        Pid pid = puppet.pid();
        return puppet.call(SyscallNumber.KCMP, pid.number(), pid.number(), 0, one, other) == 0;
    }
}
