package dev.stasis.linux;

import dev.stasis.linux.internal.Syscalls;
import java.util.BitSet;
import java.util.List;

/**
 * A descriptor of this process, owned by whoever holds this object: closing the object closes the descriptor, once.
 *
 * <p>Not safe for use from several threads at once. Every descriptor that this library opens is close-on-exec.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOEXEC = 0x80000;

    private int number;

    private Fd(int number) {
        this.number = number;
    }

    /** Takes ownership of descriptor {@code number}, which nobody else may close from now on. */
    public static Fd own(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        return new Fd(number);
    }

    /** The number, for a call that borrows the descriptor; throws {@link IllegalStateException} once closed. */
    public int number() {
        if (number < 0) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return number;
    }

    /** Whether it is still open as far as this object knows. */
    public boolean isOpen() {
        return number >= 0;
    }

    /** Gives up ownership: returns the number, and this object no longer closes it. */
    public int release() {
        int released = number();
        number = -1;
        return released;
    }

    /** A second descriptor of the same open file description, close-on-exec. @see fcntl(2) F_DUPFD_CLOEXEC */
    public Fd duplicate() {
        return own((int) Syscalls.check("fcntl F_DUPFD_CLOEXEC", this, Syscalls.call3(SyscallNumber.FCNTL, number(), 1030, 0)));
    }

    /** Makes {@code other}, which stays owned by whom it is, a descriptor of this one's open file description too. @see dup3(2) */
    public void duplicateOnto(Fd other) {
        Syscalls.check("dup3", this, Syscalls.call3(SyscallNumber.DUP3, number(), other.number(), CLOEXEC));
    }

    /** Closes the descriptor; the second time does nothing. A late error of the file system is not reported here. */
    @Override
    public void close() {
        if (number >= 0) {
            Syscalls.call1(SyscallNumber.CLOSE, number);
            number = -1;
        }
    }

    /** Closes all of {@code files}, which takes less than one by one where their numbers follow each other. @see close_range(2) */
    public static void closeAll(List<Fd> files) {
        BitSet numbers = new BitSet();
        for (int i = 0; i < files.size(); i++) {
            if (files.get(i).isOpen()) {
                numbers.set(files.get(i).release());
            }
        }
        for (int first = numbers.nextSetBit(0); first >= 0;) {
            int end = numbers.nextClearBit(first);
            Syscalls.call3(SyscallNumber.CLOSE_RANGE, first, end - 1, 0);
            first = numbers.nextSetBit(end);
        }
    }

    @Override
    public String toString() {
        return number < 0 ? "closed descriptor" : "fd " + number;
    }
}
