package dev.stasis.linux.proc;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads files and lists directories below /proc/PID. */
public final class ProcFile {
    private static final int PIECE = 1 << 15;
    private static final ThreadLocal<NativeMemory> BUFFER = new ThreadLocal<>();

    private ProcFile() {}

    /** All bytes of /proc/{@code pid}/{@code name}; throws {@link KernelException} ENOENT or ESRCH when the task is gone. */
    public static byte[] read(Pid pid, String name) {
        try (Fd file = FileCalls.open(path(pid, name), OpenFlags.RDONLY, 0)) {
            return readAll(file);
        }
    }

    /** Like {@link #read}, but empty when there is no such task or no such file. */
    public static Optional<byte[]> tryRead(Pid pid, String name) {
        try {
            return Optional.of(read(pid, name));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** All bytes of {@code file}, read from its start whatever its position is. */
    public static byte[] readAll(Fd file) {
        NativeMemory buffer = buffer();
        byte[] bytes = {};
        int length = 0;
        while (true) {
            int count = FileCalls.readAt(file, buffer, PIECE, length);
            if (count == 0) {
                return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
            }
            if (length + count > bytes.length) { // most files come whole at once, and then nothing is copied twice
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
            }
            buffer.buffer().get(0, bytes, length, count);
            length += count;
        }
    }

    /** All processes that /proc shows right now, this one among them, lowest number first. */
    public static List<Pid> processes() {
        List<Pid> processes = new ArrayList<>();
        String[] names = new File("/proc").list();
        for (String name : names == null ? new String[0] : names) {
            if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
                processes.add(new Pid(Integer.parseInt(name)));
            }
        }
        processes.sort(null);
        return processes;
    }

    /** The threads of process {@code pid}, lowest number first; empty when it is gone. */
    public static List<Pid> threads(Pid pid) {
        return numbers(path(pid, "task"));
    }

    /** The entries of directory /proc/{@code pid}/fd, lowest first; empty when the process is gone. */
    public static List<Integer> descriptors(Pid pid) {
        List<Integer> numbers = new ArrayList<>();
        String[] names = new File("/proc/" + pid + "/fd").list();
        if (names != null) {
            for (String name : names) {
                numbers.add(Integer.valueOf(name));
            }
        }
        numbers.sort(null);
        return numbers;
    }

    /**
     * The bytes of /proc/{@code pid}/maps, which a process whose first thread has ended shows only below its other threads; empty when
     * it is gone, hidden from us, or has no memory of its own.
     */
    public static byte[] maps(Pid pid) {
        byte[] maps = maps(pid, "maps");
        List<Pid> threads = maps.length == 0 ? threadsIfAny(pid) : List.of();
        for (int i = 0; i < threads.size() && maps.length == 0; i++) {
            maps = maps(pid, "task/" + threads.get(i) + "/maps");
        }
        return maps;
    }

    private static byte[] maps(Pid pid, String name) {
        try {
            return tryRead(pid, name).orElse(new byte[0]);
        } catch (KernelException e) {
            return new byte[0]; // hidden from us
        }
    }

    private static List<Pid> threadsIfAny(Pid pid) {
        try {
            return threads(pid);
        } catch (KernelException e) {
            return List.of(); // gone
        }
    }

    /** The children of all threads of process {@code pid}, in no particular order; empty when it is gone. */
    public static List<Pid> children(Pid pid) {
        List<Pid> children = new ArrayList<>();
        for (Pid thread : threads(pid)) {
            Optional<byte[]> bytes = tryRead(pid, "task/" + thread + "/children");
            if (bytes.isPresent()) {
                children.addAll(parsePids(bytes.get()));
            }
        }
        return children;
    }

    /** The numbers in the bytes of a /proc/PID/task/TID/children file. */
    public static List<Pid> parsePids(byte[] bytes) {
        List<Pid> pids = new ArrayList<>();
        Cursor cursor = new Cursor(bytes);
        cursor.skipBlanks();
        while (!cursor.atLineEnd()) {
            pids.add(new Pid((int) cursor.decimal()));
            cursor.skipBlanks();
        }
        return pids;
    }

    /** The pairs of longs in the bytes of /proc/PID/auxv, the ending pair of zeros among them. */
    public static long[] parseLongs(byte[] bytes) {
        long[] values = new long[bytes.length / Long.BYTES];
        for (int i = 0; i < values.length; i++) {
            for (int j = Long.BYTES - 1; j >= 0; j--) {
                values[i] = (values[i] << 8) | (bytes[i * Long.BYTES + j] & 0xff);
            }
        }
        return values;
    }

    /** The path of /proc/{@code pid}/{@code name}. */
    public static UnixPath path(Pid pid, String name) {
        return UnixPath.of("/proc/" + pid + "/" + name);
    }

    private static List<Pid> numbers(UnixPath directory) {
        List<Pid> numbers = new ArrayList<>();
        String[] names = new File(directory.toString()).list();
        if (names != null) {
            for (String name : names) {
                numbers.add(new Pid(Integer.parseInt(name)));
            }
        }
        numbers.sort(null);
        return numbers;
    }

    private static NativeMemory buffer() {
        NativeMemory buffer = BUFFER.get();
        if (buffer == null) {
            buffer = NativeMemory.allocate(PIECE);
            BUFFER.set(buffer);
        }
        return buffer;
    }
}
