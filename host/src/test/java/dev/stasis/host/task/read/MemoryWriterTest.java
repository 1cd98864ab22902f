package dev.stasis.host.task.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.SilentLog;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.PagesOutput;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.host.task.freeze.TreeFreezer;
import dev.stasis.host.task.freeze.Victim;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFileId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryWriterTest {
    private static final TaskFiles FILES = new TaskFiles() {
        @Override
        public OpenFileId idOf(Holder holder) {
            return new OpenFileId(1);
        }

        @Override
        public List<DescriptorEntry> table(Pid task) {
            return List.of();
        }
    };

    @Test
    void whatIsWrittenIsWhatTheProcessHas() throws Exception {
        try (Victim victim = Victim.sleeping()) {
            assertRight(victim);
        }
    }

    @Test
    void muchMemoryIsWrittenByTwoThreadsInOrder() throws Exception {
        try (Victim victim = Victim.python("import os, sys", "data = bytearray(os.urandom(1 << 20) * 40)",
                "for i in range(0, len(data), 4096): data[i:i+8] = i.to_bytes(8, 'little')", "print('ready')", "sys.stdin.read()")) {
            assertThat(assertRight(victim)).isGreaterThan(40 << 20);
        }
    }

    @Test
    void memoryThatTheProcessItselfMayNotReadIsWrittenToo() throws Exception {
        try (Victim victim = Victim.python("import ctypes, sys", "libc = ctypes.CDLL(None)",
                "libc.mmap.restype = ctypes.c_void_p; libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_long] + [ctypes.c_int] * 4",
                "p = libc.mmap(None, 8192, 3, 0x22, -1, 0); ctypes.memset(p, 65, 8192)",
                "libc.mprotect(ctypes.c_void_p(p), 8192, 0)", "print(p)", "sys.stdin.read()")) {
            assertRight(victim);
        }
    }

    @Test
    void pagesThatHoldOnlyZerosAreNotWritten() throws Exception {
        String[] program = {"import ctypes, sys", "libc = ctypes.CDLL(None); libc.mmap.restype = ctypes.c_void_p",
            "p = libc.mmap(None, ctypes.c_long(4 << 20), 3, 0x22, -1, ctypes.c_long(0))",
            "ctypes.memset(ctypes.c_void_p(p), %s, 4 << 20)", "print('ready')", "sys.stdin.read()"};
        long[] sizes = new long[2];
        for (int fill = 0; fill < 2; fill++) {
            String[] lines = program.clone();
            lines[3] = String.format(lines[3], fill);
            try (Victim victim = Victim.python(lines)) {
                sizes[fill] = assertRight(victim);
            }
        }
        assertThat(sizes[1] - sizes[0]).isGreaterThan(3 << 20);
    }

    @Test
    void sharedMemoryIsWrittenOnceWithoutItsHoles() throws Exception {
        try (Victim victim = Victim.python("import mmap, os, sys", "m = mmap.mmap(-1, 1 << 20)", "m[8192:8195] = b'abc'",
                "m[(1 << 20) - 1] = 9", "if os.fork() == 0: sys.stdin.read(); os._exit(0)", "print('ready')", "sys.stdin.read()")) {
            try (FrozenTree tree = freeze(victim); Collected output = new Collected()) {
                List<TaskState> states = tree.tasks().stream().map(task -> TaskReader.read(task, Kinship.of(tree), FILES, Sharing.alone(task.pid()))).toList();
                assertThat(states).hasSize(2);
                List<SharedMemoryWriter> found = SharedMemoryWriter.find(states);
                assertThat(found).hasSize(1);
                try (SharedMemoryWriter shared = found.get(0)) {
                    assertThat(shared.size()).isEqualTo(1 << 20);
                    shared.write(output);
                }
                assertThat(output.runs).containsExactly(new PageRun(new RemoteAddress(8192), 1, 0),
                        new PageRun(new RemoteAddress((1 << 20) - 4096), 1, 4096));
                assertThat(output.read(0, 3)).isEqualTo(new byte[] {'a', 'b', 'c'});
                assertThat(output.read(8191, 1)).containsExactly(9);
            }
        }
    }

    /** Compares each page written with the process's memory, and that no private page with contents was left out. */
    private static long assertRight(Victim victim) throws Exception {
        try (FrozenTree tree = freeze(victim); Collected output = new Collected()) {
            TaskState state = TaskReader.read(tree.root(), Kinship.of(tree), FILES, Sharing.alone(tree.root().pid()));
            new MemoryWriter(tree.pin()).write(tree.root(), state.memory(), output);
            long end = 0;
            long offset = 0;
            for (PageRun run : output.runs) {
                assertThat(run.start().value()).isGreaterThanOrEqualTo(end);
                assertThat(run.imageOffset()).isEqualTo(offset);
                assertThat(output.read(offset, (int) run.length()))
                        .isEqualTo(tree.root().memory().read(run.start(), (int) run.length()));
                end = run.start().value() + run.length();
                offset += run.length();
            }
            assertThat(FileCalls.status(output.file).size()).isEqualTo(offset);
            assertNothingMissing(tree, state, output.runs);
            return offset;
        }
    }

    private static void assertNothingMissing(FrozenTree tree, TaskState state, List<PageRun> runs) {
        for (Mapping mapping : state.memory().mappings()) {
            if (mapping.kind() == Mapping.Kind.PRIVATE_ANONYMOUS) {
                byte[] bytes = tree.root().memory().read(mapping.start(), (int) mapping.length());
                for (int page = 0; page < bytes.length; page += PageRun.PAGE) {
                    long address = mapping.start().value() + page;
                    boolean written = runs.stream().anyMatch(
                            run -> run.start().value() <= address && address < run.start().value() + run.length());
                    assertThat(written).as("page 0x%x", address).isEqualTo(!isZero(bytes, page));
                }
            }
        }
    }

    private static boolean isZero(byte[] bytes, int from) {
        for (int i = from; i < from + PageRun.PAGE; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static FrozenTree freeze(Victim victim) {
        return TreeFreezer.freeze(victim.pid(), Duration.ofSeconds(30), new SilentLog());
    }

    private static final class Collected implements PagesOutput, AutoCloseable {
        private final Fd file = FileCalls.memfd("pages");
        private List<PageRun> runs;
        private long settled;

        @Override
        public Fd descriptor() {
            return file;
        }

        @Override
        public String path() {
            return "pages";
        }

        @Override
        public void written(long bytes) {
            assertThat(bytes).isGreaterThanOrEqualTo(settled);
            settled = bytes;
        }

        @Override
        public void finish(List<PageRun> all) {
            runs = all;
        }

        byte[] read(long offset, int length) {
            NativeMemory memory = NativeMemory.allocate(length);
            assertThat(FileCalls.readAt(file, memory, length, offset)).isEqualTo(length);
            return memory.get(0, length);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
