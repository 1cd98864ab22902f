package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Leader;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.task.freeze.Watchdog;
import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.LimitCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.CallSite;
import dev.stasis.linux.ptrace.CallSiteSearch;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.LoopSite;
import dev.stasis.linux.seed.Seed;
import dev.stasis.linux.seed.SeedElf;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The seed made ready to clone from: all that is in it lies in the {@link Hole}, that is an arena and the kernel's pages, from
 * where it also makes its calls; it knows this process by a descriptor, and its limits are out of the way.
 */
final class Ground implements AutoCloseable {
    private static final int PROT_READ_WRITE = 3;
    private static final int PROT_READ_EXECUTE = 5;
    private static final int PAGE = 4096;
    private static final int MAP_PRIVATE_ANONYMOUS_NOREPLACE = 0x100022;
    private static final int MREMAP_MAYMOVE_FIXED = 3;
    private static final int SIGKILL = 9;
    private static final int RLIMIT_CORE = 4;
    private static final int RLIMIT_NOFILE = 7;
    /** RLIMIT_DATA, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS. */
    private static final int[] OBSTACLES = {2, RLIMIT_NOFILE, 8, 9};
    private static final int ROOM_FOR_DESCRIPTORS = 64;

    private final Seed seed;
    private final Newborn newborn;
    private final List<KernelArea> parked;
    private boolean givenAway;

    /**
     * Pages that the kernel provides.
     *
     * @param start where they are parked
     * @param code what the vdso holds; empty for the others, which change all the time
     */
    record KernelArea(Mapping.Kind kind, RemoteAddress start, long length, byte[] code) {}

    private Ground(Seed seed, Newborn newborn, List<KernelArea> parked) {
        this.seed = seed;
        this.newborn = newborn;
        this.parked = parked;
    }

    /** Spawns a seed for {@code plan} and makes it ready. */
    static Ground prepare(RestorePlan plan, Rebirth.Place place) {
        Seed seed = switch (place) {
            case NEW_PID_NAMESPACE -> Seed.spawn(plan.hole().program());
            case SIBLING -> spawnSibling(plan);
            case CHILD -> spawn(plan);
        };
        try {
            raiseLimits(seed.pid(), plan);
            return prepare(seed, plan.hole());
        } catch (RuntimeException | Error e) {
            seed.close();
            throw e;
        }
    }

    /** The kernel gives the seed a number of its choice; one that the tree needs is given back, and the next one comes. */
    private static Seed spawn(RestorePlan plan) {
        Set<Pid> wanted = plan.numbers();
        while (true) {
            Seed seed = Seed.spawn(plan.hole().program());
            if (!wanted.contains(seed.pid())) {
                return seed;
            }
            seed.close();
        }
    }

    /** Limits of this process must not stand in the way; those of the image are set at the end. No core of a zombie. */
    private static void raiseLimits(Pid pid, RestorePlan plan) {
        for (int resource : OBSTACLES) {
            long[] limit = LimitCalls.limit(pid, resource);
            if (limit[0] != limit[1]) {
                LimitCalls.limit(pid, resource, limit[1], limit[1]);
            }
        }
        LimitCalls.limit(pid, RLIMIT_CORE, 0, LimitCalls.limit(pid, RLIMIT_CORE)[1]);
        long needed = Descriptors.highest(plan.tasks()) + ROOM_FOR_DESCRIPTORS;
        if (Long.compareUnsigned(LimitCalls.limit(pid, RLIMIT_NOFILE)[1], needed) < 0) {
            LimitCalls.limit(pid, RLIMIT_NOFILE, needed, needed); // takes CAP_SYS_RESOURCE
        }
    }

    /** Whoever had the root's number last may not be buried yet. */
    private static Seed spawnSibling(RestorePlan plan) {
        long deadline = System.nanoTime() + Cloning.PATIENCE_NANOS;
        while (true) {
            try {
                return Seed.spawnSibling(plan.hole().program(), plan.root().pid());
            } catch (KernelException e) {
                if (!e.is(Errno.EEXIST)) {
                    throw e;
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new StasisException(NumberHolder.find(plan.root().pid()).problem());
                }
            }
            Cloning.pause();
        }
    }

    private static Ground prepare(Seed seed, Hole hole) {
        List<MemoryArea> areas = MemoryAreas.parse(ProcFile.read(seed.pid(), "maps"));
        Injection calls = Injection.begin(seed.task(), seed.callSite());
        Newborn newborn = Newborn.seed(calls, seed.callSite(), hole.arena());
        Impartiality.give(newborn);
        newborn.call("mmap", SyscallNumber.MMAP, hole.arena().value(), Hole.ROOM_SIZE, PROT_READ_WRITE,
                MAP_PRIVATE_ANONYMOUS_NOREPLACE, -1, 0);
        List<KernelArea> parked = park(newborn, areas, hole.parking());
        moveIntoVdso(newborn, parked);
        clearOut(newborn, seed, areas);
        writeCallCode(newborn, hole);
        newborn.knowsUsBy((int) newborn.call("pidfd_open", SyscallNumber.PIDFD_OPEN, ProcessCalls.self().number(), 0));
        newborn.policy = Policies.of(newborn);
        newborn.group = Leader.OUTSIDE;
        newborn.session = Leader.OUTSIDE;
        return new Ground(seed, newborn, parked);
    }

    private static List<KernelArea> park(Newborn newborn, List<MemoryArea> areas, RemoteAddress parking) {
        List<KernelArea> parked = new ArrayList<>();
        RemoteAddress next = parking;
        for (MemoryArea area : areas) {
            Mapping.Kind kind = kernelKind(area);
            if (kind != null) {
                newborn.call("mremap", SyscallNumber.MREMAP, area.start().value(), area.length(), area.length(),
                        MREMAP_MAYMOVE_FIXED, next.value());
                parked.add(new KernelArea(kind, next, area.length(),
                        kind == Mapping.Kind.VDSO ? newborn.memory.read(next, (int) area.length()) : new byte[0]));
                next = next.plus(area.length());
            }
        }
        return parked;
    }

    private static Mapping.Kind kernelKind(MemoryArea area) {
        if (area.isNamed("[vdso]")) {
            return Mapping.Kind.VDSO;
        }
        if (area.isNamed("[vvar]")) {
            return Mapping.Kind.VVAR;
        }
        return area.isNamed("[vvar_vclock]") ? Mapping.Kind.VVAR_VCLOCK : null;
    }

    /** From now on calls are made in the vdso, which stays to the end: the seed's own program must go. */
    private static void moveIntoVdso(Newborn newborn, List<KernelArea> parked) {
        CallSiteSearch search = new CallSiteSearch(newborn.memory);
        for (KernelArea area : parked) {
            if (area.kind() == Mapping.Kind.VDSO) {
                search.offer(area.start(), area.length());
            }
        }
        newborn.moveTo(CallSite.of(search.result().orElseThrow().syscall()));
    }

    /** Where the kernel refuses memory that can be executed (some security modules do), calls are made one by one. */
    private static void writeCallCode(Newborn newborn, Hole hole) {
        newborn.memory.write(hole.callCode(), LoopSite.code());
        long result = newborn.leader().tryCall(SyscallNumber.MPROTECT, hole.callCode().value(), PAGE, PROT_READ_EXECUTE);
        if (result == 0) {
            newborn.makesCallsIn(new CallQueue.Room(new LoopSite(hole.callCode()), hole.callCode().plus(PAGE),
                    Hole.ROOM_SIZE - Hole.ARENA_SIZE - PAGE));
        }
    }

    private static void clearOut(Newborn newborn, Seed seed, List<MemoryArea> areas) {
        newborn.call("munmap", SyscallNumber.MUNMAP, seed.base().value(), SeedElf.SIZE);
        for (MemoryArea area : areas) {
            if (area.isNamed("[stack]")) {
                newborn.call("munmap", SyscallNumber.MUNMAP, area.start().value(), area.length());
            }
        }
    }

    Newborn newborn() {
        return newborn;
    }

    /** The seed is the tree's root from now on. */
    void giveAway() {
        givenAway = true;
    }

    /** The kernel's pages, parked in the hole of the seed and of all that are cloned from it. */
    List<KernelArea> parked() {
        return parked;
    }

    Pid pid() {
        return seed.pid();
    }

    /** Makes a watchdog of it that kills {@code pids} should this process die before it has told it. Nothing is cloned any more. */
    Watchdog watch(List<Pid> pids) {
        Watchdog watchdog = Watchdog.of(newborn.leader().injection(), newborn.memory, Watchdog.Order.UNLESS_TOLD, SIGKILL, pids);
        givenAway = true;
        return watchdog;
    }

    /** Kills the seed, unless it is a watchdog now; what was cloned from it is not touched. */
    @Override
    public void close() {
        newborn.close();
        if (!givenAway) {
            seed.close();
        }
    }
}
