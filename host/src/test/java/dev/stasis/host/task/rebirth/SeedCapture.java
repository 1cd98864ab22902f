package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.FileSystemState;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.MemoryLayout;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.Pages;
import dev.stasis.host.state.PagesSource;
import dev.stasis.host.state.SharedMemory;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.seed.Seed;
import dev.stasis.linux.seed.SeedElf;
import dev.stasis.spi.OpenFileId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The records of a seed as they are read from the living one: the smallest task there is, to be born again and changed at will. */
final class SeedCapture implements PagesSource, AutoCloseable {
    static final OpenFileId PROGRAM = new OpenFileId(1);
    static final OpenFileId DIRECTORY = new OpenFileId(2);

    final Map<OpenFileId, Fd> files = new HashMap<>();
    private final Fd pagesFile = FileCalls.memfd("pages");
    private final List<PageRun> runs = new ArrayList<>();
    private long pagesSize;
    TaskState task;

    private SeedCapture() {}

    /** Captures a seed that runs from a file in {@code directory}; it is gone afterwards. */
    static SeedCapture take(Path directory) throws IOException {
        SeedCapture capture = new SeedCapture();
        Path program = Files.write(directory.resolve("seed"), SeedElf.build(Seed.BASE, ProcessCalls.self()));
        program.toFile().setExecutable(true);
        capture.files.put(PROGRAM, FileCalls.open(UnixPath.of(program.toString()), OpenFlags.RDONLY, 0));
        capture.files.put(DIRECTORY, FileCalls.open(UnixPath.of(directory.toString()), OpenFlags.RDONLY, 0));
        capture.files.put(new OpenFileId(9), FileCalls.open(UnixPath.of("/"), OpenFlags.RDONLY, 0));
        try (Seed seed = Seed.spawn(Seed.BASE, UnixPath.of(program.toString()))) {
            capture.task = capture.read(seed);
        }
        return capture;
    }

    private TaskState read(Seed seed) {
        List<Mapping> mappings = new ArrayList<>();
        try (RemoteMemory memory = RemoteMemory.open(seed.pid())) {
            for (MemoryArea area : MemoryAreas.parse(ProcFile.read(seed.pid(), "smaps"))) {
                Mapping mapping = mapping(area);
                mappings.add(mapping);
                if (mapping.kind() == Mapping.Kind.PRIVATE_ANONYMOUS) {
                    keep(area.start(), memory.read(area.start(), (int) area.length()));
                }
            }
        }
        MemoryState memory = new MemoryState(layout(seed.pid()), ProcFile.parseLongs(ProcFile.read(seed.pid(), "auxv")), PROGRAM,
                mappings);
        TaskState blank = Records.task(seed.pid().number(), null, 0, 0);
        ThreadState leader = Records.thread(seed.pid().number());
        ThreadState thread = new ThreadState(leader.tid(), "captured", seed.task().registers(), seed.task().extendedState(), 0x200,
                List.of(), leader.alternateStack(), leader.robustList(), 0, leader.clearChildTid(), leader.rseq(),
                leader.scheduling(), Inherited.credentials(seed.pid(), 0), 0, 60000, false,
                leader.seccomp(), leader.settings());
        return new TaskState(seed.pid(), null, blank.group(), blank.session(), TaskState.Life.RUNNING, 0, List.of(thread), memory,
                List.of(), List.of(), List.of(), List.of(), List.of(), new FileSystemState(DIRECTORY, new OpenFileId(9), 027),
                List.of(), blank.settings(), blank.sharing(), blank.exitSignal());
    }

    private static Mapping mapping(MemoryArea area) {
        Mapping.Kind kind = area.isNamed("[vdso]") ? Mapping.Kind.VDSO : area.isNamed("[vvar]") ? Mapping.Kind.VVAR
                : area.isNamed("[vvar_vclock]") ? Mapping.Kind.VVAR_VCLOCK : area.isNamed("[vsyscall]") ? Mapping.Kind.VSYSCALL
                : area.hasInode() ? Mapping.Kind.PRIVATE_FILE : Mapping.Kind.PRIVATE_ANONYMOUS;
        return new Mapping(area.start(), area.end(), area.protection(), kind, kind == Mapping.Kind.PRIVATE_FILE ? PROGRAM : null,
                false, area.offset(), 0, area.flags());
    }

    private static MemoryLayout layout(Pid pid) {
        String stat = new String(ProcFile.read(pid, "stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long[] field = new long[55];
        for (int i = 3; i - 3 < words.length; i++) {
            field[i] = words[i - 3].matches("-?[0-9]+") ? Long.parseUnsignedLong(words[i - 3].replace("-", "")) : 0;
        }
        return new MemoryLayout(field[26], field[27], field[45], field[46], field[47], field[47], field[28], field[48], field[49],
                field[50], field[51]);
    }

    /** Adds contents to the image. */
    void keep(RemoteAddress start, byte[] bytes) {
        try (Fd file = pagesFile.duplicate()) {
            FileCalls.write(file, bytes);
        }
        runs.add(new PageRun(start, bytes.length / PageRun.PAGE, pagesSize));
        pagesSize += bytes.length;
    }

    Registers registers() {
        return task.threads().get(0).registers();
    }

    @Override
    public Pages of(Pid task) {
        List<PageRun> sorted = new ArrayList<>(runs);
        sorted.sort((one, other) -> one.start().compareTo(other.start()));
        return new Pages() {
            @Override
            public Fd descriptor() {
                return pagesFile;
            }

            @Override
            public List<PageRun> runs() {
                return sorted;
            }
        };
    }

    @Override
    public Pages shared(long id) {
        return new Pages() {
            @Override
            public Fd descriptor() {
                return pagesFile;
            }

            @Override
            public List<PageRun> runs() {
                return List.of();
            }
        };
    }

    @Override
    public List<SharedMemory> sharedObjects() {
        return List.of();
    }

    @Override
    public void close() {
        pagesFile.close();
        for (Fd file : files.values()) {
            file.close();
        }
    }
}
