package dev.stasis.host.image;

import dev.stasis.host.state.AlternateStack;
import dev.stasis.host.state.Credentials;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.FileSystemState;
import dev.stasis.host.state.IntervalTimer;
import dev.stasis.host.state.Leader;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.Mapping.Kind;
import dev.stasis.host.state.MemoryLayout;
import dev.stasis.host.state.MemorySettings;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.PosixTimer;
import dev.stasis.host.state.ResourceLimit;
import dev.stasis.host.state.Scheduling;
import dev.stasis.host.state.Seccomp;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.SignalAction;
import dev.stasis.host.state.TaskSettings;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.TaskState.Life;
import dev.stasis.host.state.ThreadSettings;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.RseqRegistration;
import dev.stasis.linux.ptrace.SignalInfo;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.OpenFileId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A tree of a process with two threads, a child of it and a zombie, with something in every place. */
final class SampleState {
    static final Pid ROOT = new Pid(4242);
    static final Leader LED = new Leader(ROOT);
    static final Pid SECOND_THREAD = new Pid(4243);
    static final Pid CHILD = new Pid(4300);
    static final Pid ZOMBIE = new Pid(4301);
    static final long SHARED = 77_001;
    static final OpenFileId LOG = new OpenFileId(1);
    static final OpenFileId DIRECTORY = new OpenFileId(2);
    static final OpenFileId SLASH = new OpenFileId(3);
    static final OpenFileId PROGRAM = new OpenFileId(4);
    static final OpenFileId PIPE = new OpenFileId(5);
    static final Map<String, ImageType> TYPES =
            Map.of("regular-file", new ImageType(1, 3), "mail-slot", new ImageType(1200, 1200));

    private static final int SIGCHLD = 17;

    private SampleState() {}

    static List<TaskState> tasks() {
        return List.of(root(), child(), zombie());
    }

    static TaskState root() {
        return task(ROOT, null, List.of(thread(ROOT, "count\u00c3\u00a9r", 1), thread(SECOND_THREAD, "worker", 2)),
                List.of(new DescriptorEntry(0, LOG, false), new DescriptorEntry(1, LOG, true), new DescriptorEntry(9, PIPE, false)));
    }

    static TaskState child() {
        return task(CHILD, ROOT, List.of(thread(CHILD, "child", 3)), List.of(new DescriptorEntry(3, PIPE, true)));
    }

    static TaskState zombie() {
        ThreadState thread =
                new ThreadState(ZOMBIE, "gone", null, new byte[0], 0, List.of(), null, null, 0, null, null, null, null, 0, 0, false,
                        Seccomp.UNCONFINED, ThreadSettings.USUAL);
        return new TaskState(ZOMBIE, ROOT, LED, LED, Life.ENDED, 0x700, List.of(thread), null, List.of(), List.of(), List.of(),
                List.of(), List.of(), null, List.of(), null, Sharing.alone(ZOMBIE), SIGCHLD);
    }

    private static TaskState task(Pid pid, Pid parent, List<ThreadState> threads, List<DescriptorEntry> descriptors) {
        return new TaskState(pid, parent, LED, LED, parent == null ? Life.RUNNING : Life.STOPPED, 0, threads, memory(),
                List.of(new SignalAction(10, 0x401136, 0x14000000, 0x7f0000001000L, 0x800), new SignalAction(17, 1, 2, 0, 0)),
                List.of(signal(34, 7)),
                List.of(new IntervalTimer(0, 1_500_000, 250_001), new IntervalTimer(1, 0, 0), new IntervalTimer(2, 0, 0)),
                List.of(new PosixTimer(3, 1, 4, 12, new RemoteAddress(0xabcdefL), pid.number(), 2, 1_000_000_001L, 5L)),
                limits(), new FileSystemState(DIRECTORY, SLASH, 022), descriptors,
                new TaskSettings(0x0040000, 1, true, false, 0x33, -17, false, MemorySettings.USUAL, "", ""),
                Sharing.alone(pid), SIGCHLD);
    }

    private static List<ResourceLimit> limits() {
        List<ResourceLimit> limits = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            limits.add(new ResourceLimit(i, 1000 + i, i % 2 == 0 ? -1 : 2000 + i));
        }
        return limits;
    }

    private static MemoryState memory() {
        MemoryLayout layout = new MemoryLayout(0x401000, 0x401200, 0x403000, 0x403100, 0x1c2d000, 0x1c4e000, 0x7ffd11112220L,
                0x7ffd11113000L, 0x7ffd11113010L, 0x7ffd11113010L, 0x7ffd11113fe0L);
        return new MemoryState(layout, new long[] {33, 0x7ffd111a0000L, 6, 4096, 0, 0}, PROGRAM, mappings());
    }

    private static List<Mapping> mappings() {
        return List.of(
                mapping(0x401000, 0x402000, 5, Kind.PRIVATE_FILE, PROGRAM, false, 0x1000, 0, Set.of("rd", "ex", "mr")),
                mapping(0x1c2d000, 0x1c4e000, 3, Kind.PRIVATE_ANONYMOUS, null, false, 0, 0, Set.of("rd", "wr", "ac", "nh")),
                mapping(0x7f0000000000L, 0x7f0000002000L, 3, Kind.SHARED_ANONYMOUS, null, false, 0x1000, SHARED, Set.of("sh")),
                mapping(0x7f0000002000L, 0x7f0000003000L, 3, Kind.SHARED_FILE, LOG, true, 0, 0, Set.of("sh", "ms")),
                mapping(0x7f0000003000L, 0x7f0000004000L, 0, Kind.PRIVATE_ANONYMOUS, null, false, 0, 0, Set.of()),
                mapping(0x7ffd110f3000L, 0x7ffd11114000L, 3, Kind.PRIVATE_ANONYMOUS, null, false, 0, 0, Set.of("gd", "ac")),
                mapping(0x7ffd11198000L, 0x7ffd1119c000L, 1, Kind.VVAR, null, false, 0, 0, Set.of("io", "de", "dd")),
                mapping(0x7ffd1119c000L, 0x7ffd1119e000L, 1, Kind.VVAR_VCLOCK, null, false, 0, 0, Set.of("io", "de", "dd")),
                mapping(0x7ffd1119e000L, 0x7ffd111a0000L, 5, Kind.VDSO, null, false, 0, 0, Set.of("de")),
                mapping(0xffffffffff600000L, 0xffffffffff601000L, 4, Kind.VSYSCALL, null, false, 0, 0, Set.of("xo")));
    }

    private static Mapping mapping(long start, long end, int protection, Kind kind, OpenFileId file, boolean writable,
            long offset, long object, Set<String> flags) {
        return new Mapping(new RemoteAddress(start), new RemoteAddress(end), protection, kind, file, writable, offset, object,
                flags);
    }

    private static ThreadState thread(Pid tid, String name, int seed) {
        return new ThreadState(tid, name, registers(seed), extendedState(seed), 0x8000000000010000L, List.of(signal(35, seed)),
                new AlternateStack(new RemoteAddress(0x7f1000000000L), 8192, 0), new RemoteAddress(0x7f2000000018L), 24,
                new RemoteAddress(0x7f2000000010L), new RseqRegistration(new RemoteAddress(0x7f2000000020L), 32, 0x53053053, 0),
                new Scheduling(0, 1, 5, 0, 0, 0, 0, 4, new byte[] {3}), credentials(), 15, 50_000, true,
                Seccomp.UNCONFINED, ThreadSettings.USUAL);
    }

    static Registers registers(int seed) {
        long[] values = new long[Registers.COUNT];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0x1000L * seed + i;
        }
        return Registers.of(values).with(Registers.Name.RAX, -512).with(Registers.Name.CS, 0x33);
    }

    static byte[] extendedState(int seed) {
        byte[] state = new byte[11008];
        state[0] = 0x7f;
        state[1] = 3;
        state[24] = (byte) 0x80;
        state[25] = 0x1f;
        state[160] = (byte) seed;
        state[512] = 7;
        state[576] = (byte) (seed + 1);
        return state;
    }

    static SignalInfo signal(int number, int value) {
        byte[] bytes = new byte[SignalInfo.SIZE];
        bytes[0] = (byte) number;
        bytes[8] = -1;
        bytes[24] = (byte) value;
        return new SignalInfo(bytes);
    }

    private static Credentials credentials() {
        return new Credentials(1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, List.of(4, 24, 1000), 0, 0x1ffffffffffL,
                0x100000001L, 0x1ffffffffffL, 0x2000000000L, 2);
    }

    static List<FileRecord> files() {
        LocationRecord remapped = new LocationRecord(UnixPath.of("below"),
                Optional.of(new LocationRecord.Remapped("detached-mount", new byte[] {1, 2})),
                Optional.of(new LocationRecord.Remapped("ghost", new byte[] {3})));
        return List.of(
                file(LOG, "regular-file", new OpenFlags(02001), OptionalLong.of(123), new FileOwner(1, 4242, 10, 1000, 1001),
                        "/var/log/count.log", LocationRecord.of(UnixPath.of("/var/log/count.log")), regularFile("count.log")),
                file(DIRECTORY, "regular-file", new OpenFlags(0), OptionalLong.of(0), FileOwner.NOBODY, "/home", remapped,
                        regularFile("home")),
                file(SLASH, "regular-file", new OpenFlags(0), OptionalLong.of(0), FileOwner.NOBODY, "/",
                        LocationRecord.of(UnixPath.of("/")), regularFile("/")),
                file(PROGRAM, "regular-file", new OpenFlags(0), OptionalLong.empty(), FileOwner.NOBODY, "/bin/count",
                        LocationRecord.of(UnixPath.of("/bin/count")), regularFile("bin/count")),
                file(PIPE, "mail-slot", new OpenFlags(2), OptionalLong.empty(), FileOwner.NOBODY, "slot:[17]", null,
                        "a third party's own".getBytes(StandardCharsets.US_ASCII)));
    }

    private static FileRecord file(OpenFileId id, String kind, OpenFlags flags, OptionalLong position, FileOwner owner,
            String link, LocationRecord location, byte[] payload) {
        return new FileRecord(id, kind, flags, position, owner, UnixPath.of(link), holders(id), location, payload);
    }

    private static List<Holder> holders(OpenFileId id) {
        return Holders.of(tasks()).getOrDefault(id, List.of());
    }

    /** A reg_file_entry: id 1, flags 0, pos 0, an empty fown, and the name. */
    private static byte[] regularFile(String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        byte[] head = {8, 1, 16, 0, 24, 0, 42, 10, 8, 0, 16, 0, 24, 0, 32, 0, 40, 0, 50, (byte) text.length};
        byte[] bytes = Arrays.copyOf(head, head.length + text.length);
        System.arraycopy(text, 0, bytes, head.length, text.length);
        return bytes;
    }
}
