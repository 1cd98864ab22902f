package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.GuardRegion;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.MemoryLayout;
import dev.stasis.host.state.MemoryPolicy;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.Pages;
import dev.stasis.linux.CallList;
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
    private static final int NO_FILE = -1;
    private static final int O_CLOEXEC = 0x80000;
    /** Where the program stands among the descriptors for a moment: far from those of the restore itself, in the smallest of tables. */
    private static final int PROGRAM = 32;

    private final Newborn task;
    private final MemoryState memory;
    private final OpenFiles files;
    private final SharedObjects shared;
    private final Segments segments;
    private final Ancestors ancestors;
    private Heritage heritage;
    private Fd received;
    private CallList.Call receivedAs;

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
            task.later("madvise MADV_GUARD_INSTALL", SyscallNumber.MADVISE, guard.start().value(), guard.length(), MADV_GUARD_INSTALL);
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

    private void receiveProgram() {
        CallList.Call received = task.receiveLater(files.get(memory.executable(), "the program of " + RestorePlan.subject(task.state)));
        task.later("dup3", SyscallNumber.DUP3, received, PROGRAM, O_CLOEXEC);
        task.closeDescriptor(received);
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
        Object descriptor = switch (mapping.kind()) {
            case PRIVATE_FILE, SHARED_FILE -> receive(file(mapping.file(), mapping));
            case SHARED_ANONYMOUS -> receive(shared.file(task, mapping.sharedObject()));
            default -> NO_FILE;
        };
        make(mapping, new Span(mapping.start().value(), mapping.end().value()), descriptor);
    }

    /** Makes what of {@code mapping}, which is private and anonymous then, does not stand yet. */
    private void extend(Mapping mapping) {
        for (Span span : heritage.missing(mapping)) {
            make(mapping, span, NO_FILE);
        }
    }

    /** Makes {@code part} of {@code mapping} out of {@code descriptor}, a number or the call that returns it. */
    private void make(Mapping mapping, Span part, Object descriptor) {
        task.leader().later(new MappingCheck(task, mapping, part.start()), "mmap", SyscallNumber.MMAP, part.start(), part.length(),
                MappingPlan.firstProtection(mapping), MappingPlan.flags(mapping), descriptor, mapping.offset());
    }

    private Fd file(OpenFileId id, Mapping mapping) {
        return files.get(id, "the mapping at " + mapping.start() + " of " + RestorePlan.subject(task.state));
    }

    /** Mappings of one file mostly come one after the other: its descriptor is kept until another file comes. */
    private CallList.Call receive(Fd file) {
        if (file != received) {
            forget();
            receivedAs = task.receiveLater(file);
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
            task.later("madvise", SyscallNumber.MADVISE, mapping.start().value(), mapping.length(), advice);
        }
    }

    private void finish(Mapping mapping) {
        if (MappingPlan.isProtectedLater(mapping) || mapping.kind() == Mapping.Kind.SYSTEM_V) {
            task.later("mprotect", SyscallNumber.MPROTECT, mapping.start().value(), mapping.length(), mapping.protection());
        }
        advise(mapping, true);
        if (mapping.has("lo")) {
            // What was locked as it is touched (lf) must not be filled now.
            task.later("mlock2", SyscallNumber.MLOCK2, mapping.start().value(), mapping.length(),
                    mapping.has("lf") ? MLOCK_ONFAULT : 0);
        }
        if (mapping.has("sl")) {
            task.later("mseal", SyscallNumber.MSEAL, mapping.start().value(), mapping.length(), 0);
        }
    }

    /** Tells the kernel what it is to remember: where code, data, heap, arguments and environment are, auxv, the program. */
    private void remember() {
        int mark = task.arena.mark();
        ByteBuffer auxv = Arena.structure(memory.auxiliaryVector().length * Long.BYTES);
        auxv.asLongBuffer().put(memory.auxiliaryVector());
        boolean changes = !hasItsProgram();
        if (changes) {
            receiveProgram();
        }
        ByteBuffer map = layout(memory.layout());
        map.putLong(88, task.arena.put(auxv)).putInt(96, auxv.capacity()).putInt(100, changes ? PROGRAM : NO_FILE);
        task.later("prctl PR_SET_MM_MAP", SyscallNumber.PRCTL, PR_SET_MM, PR_SET_MM_MAP, map.array(), MM_MAP_SIZE, 0);
        if (changes) {
            task.closeDescriptor(PROGRAM);
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
