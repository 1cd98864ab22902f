package dev.stasis.host.task.freeze;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.util.Arrays;

/** The CPUs that are in use on this machine, as a thread has them that nobody ever restricted: one bit each, lowest first. */
final class OnlineCpus {
    private static final UnixPath LIST = UnixPath.of("/sys/devices/system/cpu/online");
    private static final int LONGEST = 4096;

    private OnlineCpus() {}

    /** Those of now, in {@code size} bytes; none when the kernel does not tell. */
    static byte[] read(int size) {
        try (Fd file = FileCalls.open(LIST, OpenFlags.RDONLY, 0)) {
            return parse(FileCalls.read(file, LONGEST), size);
        } catch (KernelException e) {
            return new byte[size];
        }
    }

    /** Those that {@code list} names, such as 0-3,6; none when it is no such list, or names more than {@code size} bytes hold. */
    static byte[] parse(byte[] list, int size) {
        byte[] cpus = new byte[size];
        int at = 0;
        while (at < list.length && isDigit(list[at])) {
            int first = 0;
            for (; at < list.length && isDigit(list[at]); at++) {
                first = first * 10 + list[at] - '0';
            }
            int last = first;
            if (at < list.length && list[at] == '-') {
                last = 0;
                for (at++; at < list.length && isDigit(list[at]); at++) {
                    last = last * 10 + list[at] - '0';
                }
            }
            if (last >= 8 * size) {
                return new byte[size];
            }
            for (int cpu = first; cpu <= last; cpu++) {
                cpus[cpu / 8] |= (byte) (1 << (cpu % 8));
            }
            at++; // the comma or the end of the line
        }
        return at < list.length ? new byte[size] : cpus;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** Whether {@code cpus} are all those of {@code online}, and there are any. */
    static boolean areAll(byte[] cpus, byte[] online) {
        return Arrays.equals(cpus, online) && !Arrays.equals(online, new byte[online.length]);
    }
}
