package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.GuardRegion;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.MemoryLayout;
import dev.stasis.host.state.MemoryPolicy;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.Pages;
import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.OpenFileId;
import java.nio.ByteBuffer;
import java.util.List;

/** Builds one task's address space: mappings, contents, the kernel's own pages, and what the kernel remembers of it. */
final class AddressSpace {
    private static final int PR_SET_MM = 35;
    private static final int PR_SET_MM_MAP = 14;
    private static final int MM_MAP_SIZE = 104;
    private static final int MLOCK_ONFAULT = 1;
    private static final int MADV_GUARD_INSTALL = 102;

    private final Newborn task;
    private final MemoryState memory;
    private final OpenFiles files;
    private final SharedObjects shared;
    private final Segments segments;
    private final Ancestors ancestors;
    private Heritage heritage;
    private Fd received;
    private int receivedAs;

    AddressSpace(Newborn task, OpenFiles files, SharedObjects shared, Segments segments, Ancestors ancestors) {
        this.task = task;
        this.memory = task.state.memory();
        this.files = files;
        this.shared = shared;
        this.segments = segments;
        this.ancestors = ancestors;
    }

    /**
     * Builds it, with {@code pages} as its private contents and the kernel's pages out of {@code parked}.
     *
     * @param parents the contents of its parent; null when it has none
     */
    void build(Pages pages, Pages parents, List<Ground.KernelArea> parked) {
        MemoryPolicy policy = task.state.threads().get(0).settings().memoryPolicy();
        Policies.set(task, task.leader(), task.policy, policy);
        task.policy = policy;
        heritage = Heritage.of(task, files, pages);
        heritage.leave();
        for (Mapping mapping : memory.mappings()) {
            if (!mapping.kind().isKernels()) {
                map(mapping);
                if (!mapping.policy().isDefault()) {
                    Policies.set(task, mapping);
                }
                advise(mapping, false);
            }
        }
        forget();
        heritage.leaveGuards();
        fill(pages, parents);
        for (GuardRegion guard : memory.guards()) {
            task.call("madvise MADV_GUARD_INSTALL", SyscallNumber.MADVISE, guard.start().value(), guard.length(), MADV_GUARD_INSTALL);
        }
        for (Mapping mapping : memory.mappings()) {
            if (!mapping.kind().isKernels()) {
                finish(mapping);
            }
        }
        new KernelPages(task, parked).moveHome(memory.mappings(), pages);
        remember();
        task.hasMemory = true;
    }

    /** One born with the memory of another has its program too; it can be given another only as long as it maps neither. */
    private boolean hasItsProgram() {
        return task.memoryOf != null && files.isSameFile(memory.executable(), task.memoryOf.state.memory().executable());
    }

    private int program() {
        return task.receive(files.get(memory.executable(), "the program of " + RestorePlan.subject(task.state)));
    }

    private void fill(Pages pages, Pages parents) {
        Contents contents = new Contents(task, memory.mappings(), heritage);
        if (heritage.isKept()) {
            heritage.forget(pages, parents);
        }
        contents.fill(pages);
        if (!pages.inherited().isEmpty()) {
            for (Pages found : ancestors.find(task.pid(), heritage.toRead(pages))) {
                contents.fill(found);
            }
        }
    }

    private void map(Mapping mapping) {
        if (mapping.kind() == Mapping.Kind.SYSTEM_V) {
            segments.attach(task, mapping, shared);
            return;
        }
        if (heritage.keeps(mapping)) {
            extend(mapping);
            return;
        }
        int descriptor = switch (mapping.kind()) {
            case PRIVATE_FILE, SHARED_FILE -> receive(file(mapping.file(), mapping));
            case SHARED_ANONYMOUS -> receive(shared.file(task, mapping.sharedObject()));
            default -> -1;
        };
        long result = task.leader().tryCall(SyscallNumber.MMAP, mapping.start().value(), mapping.length(),
                MappingPlan.firstProtection(mapping), MappingPlan.flags(mapping), descriptor, mapping.offset());
        if (result != mapping.start().value()) {
            throw MappingFailure.of(task, mapping, result);
        }
    }

    /** Makes what of {@code mapping}, which is private and anonymous then, does not stand yet. */
    private void extend(Mapping mapping) {
        for (Span span : heritage.missing(mapping)) {
            long result = task.leader().tryCall(SyscallNumber.MMAP, span.start(), span.length(),
                    MappingPlan.firstProtection(mapping), MappingPlan.flags(mapping), -1, 0);
            if (result != span.start()) {
                throw MappingFailure.of(task, mapping, result);
            }
        }
    }

    private Fd file(OpenFileId id, Mapping mapping) {
        return files.get(id, "the mapping at " + mapping.start() + " of " + RestorePlan.subject(task.state));
    }

    /** Mappings of one file mostly come one after the other: its descriptor is kept until another file comes. */
    private int receive(Fd file) {
        if (file != received) {
            forget();
            receivedAs = task.receive(file);
            received = file;
        }
        return receivedAs;
    }

    private void forget() {
        if (received != null) {
            task.closeDescriptor(receivedAs);
            received = null;
        }
    }

    private void advise(Mapping mapping, boolean late) {
        for (int advice : MappingPlan.advice(mapping, late)) {
            task.call("madvise", SyscallNumber.MADVISE, mapping.start().value(), mapping.length(), advice);
        }
    }

    private void finish(Mapping mapping) {
        if (MappingPlan.isProtectedLater(mapping) || mapping.kind() == Mapping.Kind.SYSTEM_V) {
            task.call("mprotect", SyscallNumber.MPROTECT, mapping.start().value(), mapping.length(), mapping.protection());
        }
        advise(mapping, true);
        if (mapping.has("lo")) {
            // What was locked as it is touched (lf) must not be filled now.
            task.call("mlock2", SyscallNumber.MLOCK2, mapping.start().value(), mapping.length(),
                    mapping.has("lf") ? MLOCK_ONFAULT : 0);
        }
        if (mapping.has("sl")) {
            task.call("mseal", SyscallNumber.MSEAL, mapping.start().value(), mapping.length(), 0);
        }
    }

    /** Tells the kernel what it is to remember: where code, data, heap, arguments and environment are, auxv, the program. */
    private void remember() {
        int mark = task.arena.mark();
        ByteBuffer auxv = Arena.structure(memory.auxiliaryVector().length * Long.BYTES);
        auxv.asLongBuffer().put(memory.auxiliaryVector());
        int program = hasItsProgram() ? -1 : program();
        ByteBuffer map = layout(memory.layout());
        map.putLong(88, task.arena.put(auxv)).putInt(96, auxv.capacity()).putInt(100, program);
        task.call("prctl PR_SET_MM_MAP", SyscallNumber.PRCTL, PR_SET_MM, PR_SET_MM_MAP, task.arena.put(map), MM_MAP_SIZE, 0);
        if (program >= 0) {
            task.closeDescriptor(program);
        }
        task.arena.reset(mark);
    }

    private static ByteBuffer layout(MemoryLayout layout) {
        return Arena.structure(MM_MAP_SIZE)
                .putLong(0, layout.startCode()).putLong(8, layout.endCode())
                .putLong(16, layout.startData()).putLong(24, layout.endData())
                .putLong(32, layout.startBrk()).putLong(40, layout.brk())
                .putLong(48, layout.startStack())
                .putLong(56, layout.argumentsStart()).putLong(64, layout.argumentsEnd())
                .putLong(72, layout.environmentStart()).putLong(80, layout.environmentEnd());
    }
}
