package dev.stasis.host.image;

import dev.stasis.host.state.AlternateStack;
import dev.stasis.host.state.Credentials;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.FileSystemState;
import dev.stasis.host.state.GuardRegion;
import dev.stasis.host.state.IntervalTimer;
import dev.stasis.host.state.Leader;
import dev.stasis.host.state.Mapping.Kind;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.MemoryLayout;
import dev.stasis.host.state.MemoryPolicy;
import dev.stasis.host.state.MemorySettings;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.PosixTimer;
import dev.stasis.host.state.ResourceLimit;
import dev.stasis.host.state.Scheduling;
import dev.stasis.host.state.Seccomp;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.SignalAction;
import dev.stasis.host.state.TaskSettings;
import dev.stasis.host.state.TaskState.Life;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadSettings;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.RseqRegistration;
import dev.stasis.linux.ptrace.SeccompFilter;
import dev.stasis.linux.ptrace.SignalInfo;
import dev.stasis.spi.OpenFileId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes any state that a tree of tasks can be in, and many that none will ever be in. */
final class RandomState {
    private static final String[] FLAGS = {"rd", "wr", "ex", "sh", "gd", "lo", "nr", "ac", "hg", "nh", "dc", "dd", "wf", "mg"};

    private final Random random;

    RandomState(Random random) {
        this.random = random;
    }

    private int upTo(int most) {
        return random.nextInt(most + 1);
    }

    private boolean maybe() {
        return random.nextBoolean();
    }

    private RemoteAddress address() {
        return new RemoteAddress(random.nextLong() | 1);
    }

    private RemoteAddress addressOrNull() {
        return maybe() ? address() : null;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    OpenFileId file() {
        return new OpenFileId(1 + upTo(1000));
    }

    Registers registers() {
        long[] values = new long[Registers.COUNT];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextLong();
        }
        return Registers.of(values);
    }

    /** Mostly zeros, as the kernel's are. */
    byte[] extendedState() {
        byte[] state = new byte[maybe() ? 11008 : 512 + upTo(3000)];
        for (int i = upTo(40); i > 0; i--) {
            int at = random.nextInt(state.length);
            byte[] data = bytes(1 + upTo(60));
            System.arraycopy(data, 0, state, at, Math.min(data.length, state.length - at));
        }
        return state;
    }

    Credentials credentials() {
        List<Integer> groups = new ArrayList<>();
        for (int i = upTo(4); i > 0; i--) {
            groups.add(random.nextInt());
        }
        return new Credentials(random.nextInt(), random.nextInt(), random.nextInt(), random.nextInt(), random.nextInt(),
                random.nextInt(), random.nextInt(), random.nextInt(), groups, random.nextLong(), random.nextLong(),
                random.nextLong(), random.nextLong(), random.nextLong(), random.nextInt());
    }

    List<SignalInfo> signals() {
        List<SignalInfo> signals = new ArrayList<>();
        for (int i = upTo(5); i > 0; i--) {
            signals.add(new SignalInfo(bytes(SignalInfo.SIZE)));
        }
        return signals;
    }

    List<SignalAction> actions() {
        List<SignalAction> actions = new ArrayList<>();
        for (int signal = 1; signal <= 64; signal++) {
            if (signal != 9 && signal != 19 && maybe()) {
                actions.add(new SignalAction(signal, random.nextLong() | 1, random.nextLong(), random.nextLong(), random.nextLong()));
            }
        }
        return actions;
    }

    List<IntervalTimer> intervalTimers() {
        return List.of(interval(0), interval(1), interval(2));
    }

    private IntervalTimer interval(int which) {
        return new IntervalTimer(which, random.nextLong() >>> 2 + upTo(50), random.nextLong() >>> 2 + upTo(50));
    }

    List<PosixTimer> posixTimers() {
        List<PosixTimer> timers = new ArrayList<>();
        for (int i = upTo(3); i > 0; i--) {
            timers.add(new PosixTimer(upTo(1000), random.nextInt(), upTo(6), 1 + upTo(63), new RemoteAddress(random.nextLong()),
                    upTo(1000), upTo(1000), random.nextLong() >>> 2 + upTo(50), random.nextLong() >>> 2 + upTo(50)));
        }
        return timers;
    }

    Scheduling scheduling() {
        return new Scheduling(upTo(6), random.nextLong(), upTo(39) - 20, upTo(99), random.nextLong(), random.nextLong(),
                random.nextLong(), random.nextInt(), bytes(upTo(16)));
    }

    private String name() {
        byte[] name = bytes(upTo(15));
        StringBuilder text = new StringBuilder();
        for (byte b : name) {
            text.append(maybe() ? (char) (b & 0x7f) : (char) (b & 0xff));
        }
        return text.toString();
    }

    ThreadState thread(Pid tid) {
        RseqRegistration rseq = maybe()
                ? new RseqRegistration(address(), upTo(1000), random.nextInt(), upTo(3))
                : new RseqRegistration(null, 0, 0, 0);
        return new ThreadState(tid, name(), registers(), extendedState(), random.nextLong(), signals(),
                maybe() ? new AlternateStack(address(), random.nextLong(), random.nextInt()) : null, addressOrNull(), upTo(64),
                addressOrNull(), rseq, scheduling(), credentials(), upTo(64), random.nextLong(), maybe(), seccomp(),
                maybe() ? ThreadSettings.USUAL : new ThreadSettings(upTo(2), 1 + upTo(1), maybe(), policy()));
    }

    private MemoryPolicy policy() {
        return maybe() ? MemoryPolicy.DEFAULT : new MemoryPolicy(1 + upTo(0xffff), maybe() ? List.of() : List.of(random.nextLong(), 1L));
    }

    private Seccomp seccomp() {
        List<SeccompFilter> filters = new ArrayList<>();
        for (int i = upTo(3); i > 0; i--) {
            byte[] program = new byte[SeccompFilter.INSTRUCTION * (1 + upTo(2))];
            program[0] = (byte) upTo(2);
            filters.add(new SeccompFilter(program, upTo(2)));
        }
        return filters.isEmpty() ? maybe() ? Seccomp.UNCONFINED : new Seccomp(Seccomp.STRICT, filters)
                : new Seccomp(Seccomp.FILTER, filters);
    }

    List<Mapping> mappings() {
        List<Mapping> mappings = new ArrayList<>();
        long at = 0x10000;
        for (int i = upTo(12); i > 0; i--) {
            long start = at + 4096L * upTo(5);
            at = start + 4096L * (1 + upTo(1000));
            mappings.add(mapping(new RemoteAddress(start), new RemoteAddress(at), Kind.values()[upTo(Kind.values().length - 1)]));
        }
        return mappings;
    }

    private Mapping mapping(RemoteAddress start, RemoteAddress end, Kind kind) {
        boolean ofFile = kind == Kind.PRIVATE_FILE || kind == Kind.SHARED_FILE;
        Set<String> flags = new HashSet<>();
        for (int i = upTo(6); i > 0; i--) {
            flags.add(FLAGS[upTo(FLAGS.length - 1)]);
        }
        return new Mapping(start, end, upTo(7), kind, ofFile ? file() : null, ofFile && maybe(), 4096L * upTo(100),
                kind == Kind.SHARED_ANONYMOUS ? random.nextLong() : 0, flags, policy());
    }

    MemoryState memory() {
        long[] vector = new long[2 * upTo(20)];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = random.nextLong();
        }
        MemoryLayout layout = new MemoryLayout(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong(),
                random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong(),
                random.nextLong());
        return new MemoryState(layout, vector, maybe() ? file() : null, mappings(), guards());
    }

    private List<GuardRegion> guards() {
        List<GuardRegion> guards = new ArrayList<>();
        for (int i = upTo(3); i > 0; i--) {
            guards.add(new GuardRegion(new RemoteAddress(0x10000L * (10 - i)), new RemoteAddress(0x10000L * (10 - i) + 4096L * (1 + upTo(3)))));
        }
        return guards;
    }

    TaskState task(Pid pid) {
        List<ThreadState> threads = new ArrayList<>(List.of(thread(pid)));
        for (int i = upTo(2); i > 0; i--) {
            threads.add(thread(new Pid(pid.number() + i)));
        }
        return new TaskState(pid, null, Leader.of(upTo(1000)), Leader.of(upTo(1000)), maybe() ? Life.RUNNING : Life.STOPPED, 0,
                threads, memory(), actions(), signals(), intervalTimers(), posixTimers(), limits(),
                new FileSystemState(file(), file(), upTo(0777)), descriptors(),
                new TaskSettings(random.nextInt(), upTo(2), maybe(), maybe(), upTo(0x1ff), upTo(2000) - 1000, maybe(),
                        new MemorySettings(upTo(6), maybe(), upTo(3), upTo(500), maybe()), maybe() ? ":/some/group" : "", maybe() ? "17 _ses" : ""),
                Sharing.alone(pid), upTo(64));
    }

    /** One that has ended, with what the kernel still tells of it. */
    TaskState ended(Pid pid) {
        ThreadState thread = new ThreadState(pid, name(), null, new byte[0], random.nextLong(), signals(), null, null, 0, null, null,
                scheduling(), credentials(), 0, random.nextLong(), maybe(), seccomp(), ThreadSettings.USUAL);
        return new TaskState(pid, null, Leader.of(upTo(1000)), Leader.of(upTo(1000)), Life.ENDED, upTo(0xffff), List.of(thread), null,
                actions(), signals(), List.of(), List.of(), limits(), null, List.of(),
                new TaskSettings(random.nextInt(), 0, false, false, 0, upTo(2000) - 1000, false, MemorySettings.USUAL, "", ""),
                Sharing.alone(pid), upTo(64));
    }

    private List<ResourceLimit> limits() {
        List<ResourceLimit> limits = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            limits.add(new ResourceLimit(i, random.nextLong(), maybe() ? -1 : random.nextLong()));
        }
        return limits;
    }

    private List<DescriptorEntry> descriptors() {
        List<DescriptorEntry> table = new ArrayList<>();
        int number = -1;
        for (int i = upTo(10); i > 0; i--) {
            number += 1 + upTo(100);
            table.add(new DescriptorEntry(number, file(), maybe()));
        }
        return table;
    }
}
