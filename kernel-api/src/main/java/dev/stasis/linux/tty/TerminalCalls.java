package dev.stasis.linux.tty;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Calls on terminals. Each throws {@link dev.stasis.linux.KernelException} when the kernel refuses. Any thread may call.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/ioctl_tty.2.html">ioctl_tty(2)</a>
 */
public final class TerminalCalls {
    /** Changes settings to those that the argument points to ({@link Termios#bytes()}). */
    public static final int TCSETS2 = 0x402c542b;
    /** Makes a terminal the controlling one of the session that the caller leads. */
    public static final int TIOCSCTTY = 0x540e;
    /** Makes a group, whose number the argument points to, the foreground group of the caller's controlling terminal. */
    public static final int TIOCSPGRP = 0x5410;
    private static final int TCXONC = 0x540a;
    private static final int TIOCEXCL = 0x540c;
    private static final int TIOCGPGRP = 0x540f;
    private static final int TIOCSTI = 0x5412;
    private static final int TIOCGWINSZ = 0x5413;
    private static final int TIOCSWINSZ = 0x5414;
    private static final int FIONREAD = 0x541b;
    private static final int TIOCPKT = 0x5420;
    private static final int TIOCGETD = 0x5424;
    private static final int TIOCGSID = 0x5429;
    private static final int TIOCGLCKTRMIOS = 0x5456;
    private static final int TIOCSLCKTRMIOS = 0x5457;
    private static final int TCGETS2 = 0x802c542a;
    private static final int TIOCGPTN = 0x80045430;
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGDEV = 0x80045432;
    private static final int TIOCGPKT = 0x80045438;
    private static final int TIOCGPTLCK = 0x80045439;
    private static final int TIOCGEXCL = 0x80045440;
    private static final int TIOCGPTPEER = 0x5441;
    private static final int OLD_SIZE = 36;
    private static final int TCOOFF = 0;
    private static final int TCOON = 1;

    private TerminalCalls() {}

    /** What a terminal has for whoever asks. @see poll(2) */
    public enum Event {
        READABLE(1),
        /** A control byte waits (packet mode). */
        STATUS(2),
        HUNG_UP(0x10);

        private final int bit;

        Event(int bit) {
            this.bit = bit;
        }
    }

    /** The number of the pty whose master {@code terminal} is; empty when it is none. @see ioctl_tty(2) TIOCGPTN */
    public static OptionalInt ptyNumber(Fd terminal) {
        return query(terminal, TIOCGPTN);
    }

    /** The device of {@code terminal}, for a master that of the other end; empty when it was hung up. @see ioctl_tty(2) TIOCGDEV */
    public static Optional<DeviceNumber> device(Fd terminal) {
        OptionalInt device = query(terminal, TIOCGDEV);
        return device.isEmpty() ? Optional.empty() : Optional.of(userDevice(device.getAsInt()));
    }

    private static DeviceNumber userDevice(int encoded) {
        return new DeviceNumber((encoded & 0xfff00) >> 8, encoded & 0xff | encoded >>> 12 & 0xfff00);
    }

    private static OptionalInt query(Fd terminal, int request) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(Integer.BYTES);
        long result = ioctl(terminal, request, scratch.address(at));
        if (result == -Errno.ENOTTY.number() || result == -Errno.EIO.number() || result == -Errno.EINVAL.number()) {
            return OptionalInt.empty();
        }
        check("ioctl", terminal, result);
        return OptionalInt.of(scratch.memory().getInt(at));
    }

    private static int required(Fd terminal, int request) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(Integer.BYTES);
        check("ioctl", terminal, ioctl(terminal, request, scratch.address(at)));
        return scratch.memory().getInt(at);
    }

    private static void pass(Fd terminal, int request, int value) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(Integer.BYTES);
        scratch.memory().putInt(at, value);
        check("ioctl", terminal, ioctl(terminal, request, scratch.address(at)));
    }

    private static long ioctl(Fd terminal, int request, long argument) {
        return Syscalls.call3(SyscallNumber.IOCTL, terminal.number(), request & 0xffffffffL, argument);
    }

    /** Its settings; asked of a master, those of the other end. */
    public static Termios settings(Fd terminal) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(Termios.SIZE);
        check("ioctl TCGETS2", terminal, ioctl(terminal, TCGETS2, scratch.address(at)));
        return Termios.of(scratch.memory().get(at, Termios.SIZE));
    }

    /** Changes its settings at once. */
    public static void settings(Fd terminal, Termios settings) {
        check("ioctl TCSETS2", terminal, ioctl(terminal, TCSETS2, Scratch.take().bytes(settings.bytes())));
    }

    /** Which bits of its settings are locked; speeds are none. */
    public static Termios locks(Fd terminal) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(Termios.SIZE);
        check("ioctl TIOCGLCKTRMIOS", terminal, ioctl(terminal, TIOCGLCKTRMIOS, scratch.address(at)));
        return Termios.of(Arrays.copyOf(scratch.memory().get(at, OLD_SIZE), Termios.SIZE));
    }

    /** Locks bits of its settings; takes CAP_SYS_ADMIN. */
    public static void locks(Fd terminal, Termios locks) {
        check("ioctl TIOCSLCKTRMIOS", terminal, ioctl(terminal, TIOCSLCKTRMIOS, Scratch.take().bytes(locks.bytes())));
    }

    /** The size of its window. */
    public static WindowSize windowSize(Fd terminal) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(8);
        check("ioctl TIOCGWINSZ", terminal, ioctl(terminal, TIOCGWINSZ, scratch.address(at)));
        NativeMemory memory = scratch.memory();
        return new WindowSize(memory.getShort(at) & 0xffff, memory.getShort(at + 2) & 0xffff, memory.getShort(at + 4) & 0xffff,
                memory.getShort(at + 6) & 0xffff);
    }

    /** Changes the size of its window; when it differs the foreground group gets SIGWINCH. */
    public static void windowSize(Fd terminal, WindowSize size) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(8);
        scratch.memory().putInt(at, size.rows() & 0xffff | size.columns() << 16).putInt(at + 4,
                size.width() & 0xffff | size.height() << 16);
        check("ioctl TIOCSWINSZ", terminal, ioctl(terminal, TIOCSWINSZ, scratch.address(at)));
    }

    /** Whether only the superuser may open it again. */
    public static boolean isExclusive(Fd terminal) {
        return required(terminal, TIOCGEXCL) != 0;
    }

    /** Lets only the superuser open it again. */
    public static void makeExclusive(Fd terminal) {
        check("ioctl TIOCEXCL", terminal, ioctl(terminal, TIOCEXCL, 0));
    }

    /** Its line discipline; 0 is the usual one. */
    public static int discipline(Fd terminal) {
        return required(terminal, TIOCGETD);
    }

    /** Whether the other end of {@code master} cannot be opened. */
    public static boolean isLocked(Fd master) {
        return required(master, TIOCGPTLCK) != 0;
    }

    /** Whether the other end of {@code master} cannot be opened from now on. */
    public static void lock(Fd master, boolean locked) {
        pass(master, TIOCSPTLCK, locked ? 1 : 0);
    }

    /** Whether a control byte goes before all that is read from {@code master}. */
    public static boolean isPacketMode(Fd master) {
        return required(master, TIOCGPKT) != 0;
    }

    /** Changes whether a control byte goes before all that is read from {@code master}; what waits of these is lost. */
    public static void packetMode(Fd master, boolean packet) {
        pass(master, TIOCPKT, packet ? 1 : 0);
    }

    /**
     * Opens the other end of {@code master}, wherever that is mounted, close-on-exec; O_NOCTTY is added. O_CLOEXEC must not be
     * among {@code flags}: the kernel would take it for a flag of the open file.
     */
    public static Fd openPeer(Fd master, OpenFlags flags) {
        Fd peer = Fd.own((int) check("ioctl TIOCGPTPEER", master, ioctl(master, TIOCGPTPEER, flags.with(OpenFlags.NOCTTY).bits())));
        FileCalls.closeOnExec(peer, true);
        return peer;
    }

    /** The session whose controlling terminal the other end of {@code master} is; empty for none and for an invisible one. */
    public static Optional<Pid> session(Fd master) {
        return pid(query(master, TIOCGSID));
    }

    /** The foreground group of the other end of {@code master}, or of the caller's own controlling terminal; empty for none. */
    public static Optional<Pid> foreground(Fd master) {
        return pid(query(master, TIOCGPGRP));
    }

    private static Optional<Pid> pid(OptionalInt number) {
        return number.isEmpty() || number.getAsInt() <= 0 ? Optional.empty() : Optional.of(new Pid(number.getAsInt()));
    }

    /** How many bytes can be read from {@code terminal}: in canonical mode those of whole lines. */
    public static int readable(Fd terminal) {
        return required(terminal, FIONREAD);
    }

    /** Whether {@code event} is there now; before it tells, the kernel moves on what was on its way. */
    public static boolean has(Fd terminal, Event event) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(8);
        scratch.memory().putInt(at, terminal.number()).putInt(at + 4, event.bit);
        check("poll", terminal, Syscalls.call3(SyscallNumber.POLL, scratch.address(at), 1, 0));
        return (scratch.memory().getInt(at + 4) >>> 16 & event.bit) != 0;
    }

    /** Puts {@code input} into the input of {@code terminal} as if it had been typed; takes CAP_SYS_ADMIN. */
    public static void type(Fd terminal, byte input) {
        check("ioctl TIOCSTI", terminal, ioctl(terminal, TIOCSTI, Scratch.take().bytes(new byte[] {input})));
    }

    /** Stops output, or starts it again. */
    public static void flow(Fd terminal, boolean on) {
        check("ioctl TCXONC", terminal, ioctl(terminal, TCXONC, on ? TCOON : TCOOFF));
    }
}
