package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.GuardRegion;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.Pages;
import dev.stasis.linux.SyscallNumber;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The memory that a task was born with, because that of its parent stood already: what of it the task keeps. Pages that it
 * keeps it shares with the parent until one of them writes, as it did before the dump.
 */
final class Heritage {
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_GUARD_REMOVE = 103;

    private final Newborn task;
    private final List<Mapping> had;
    private final List<Span> kept;

    private Heritage(Newborn task, List<Mapping> had, List<Span> kept) {
        this.task = task;
        this.had = had;
        this.kept = kept;
    }

    /** That of {@code task}, which was born with the memory of {@link Newborn#memoryOf}, or with none. */
    static Heritage of(Newborn task, OpenFiles files, Pages pages) {
        if (task.memoryOf == null) {
            return new Heritage(task, List.of(), List.of());
        }
        List<Mapping> had = task.memoryOf.state.memory().mappings();
        boolean heir = !pages.inherited().isEmpty() && task.memoryOf.pid().equals(task.state.parent())
                && files.isSameFile(task.state.memory().executable(), task.memoryOf.state.memory().executable());
        return new Heritage(task, had, heir ? kept(task.state.memory().mappings(), had, files) : List.of());
    }

    private static List<Span> kept(List<Mapping> wanted, List<Mapping> had, OpenFiles files) {
        List<Span> kept = new ArrayList<>();
        int from = 0;
        for (Mapping mapping : wanted) {
            while (from < had.size() && had.get(from).end().compareTo(mapping.start()) <= 0) {
                from++;
            }
            for (int i = from; i < had.size() && had.get(i).start().compareTo(mapping.end()) < 0; i++) {
                if (isAlike(mapping, had.get(i), files)) {
                    long start = Math.max(mapping.start().value(), had.get(i).start().value());
                    kept.add(new Span(start, Math.min(mapping.end().value(), had.get(i).end().value())));
                    break;
                }
            }
        }
        return kept;
    }

    /** Whether what {@code had} and {@code wanted} have in common is the same mapping. */
    private static boolean isAlike(Mapping wanted, Mapping had, OpenFiles files) {
        boolean sameShape = wanted.kind() == had.kind() && wanted.protection() == had.protection()
                && inherited(wanted).equals(inherited(had)) && wanted.policy().equals(had.policy()) && !wanted.has("dc") && !wanted.has("wf");
        boolean sameBounds = wanted.start().equals(had.start()) && wanted.end().equals(had.end());
        if (!sameShape || wanted.has("gd") && !sameBounds) {
            return false;
        }
        return switch (wanted.kind()) {
            case PRIVATE_ANONYMOUS -> true;
            case PRIVATE_FILE -> sameBounds && wanted.offset() == had.offset() && files.isSameFile(wanted.file(), had.file());
            default -> false;
        };
    }

    /** The flags that fork(2) hands on: a lock (mlock(2)) is not among them, but leaves the pages shared. */
    private static Set<String> inherited(Mapping mapping) {
        if (!mapping.has("lo")) {
            return mapping.flags();
        }
        Set<String> flags = new HashSet<>(mapping.flags());
        flags.remove("lo");
        flags.remove("lf");
        return flags;
    }

    /** Whether some of the memory is kept. */
    boolean isKept() {
        return !kept.isEmpty();
    }

    /** The parts of {@code mapping} that have to be made. */
    List<Span> missing(Mapping mapping) {
        return Span.without(List.of(new Span(mapping.start().value(), mapping.end().value())), kept);
    }

    /** Whether some part of {@code mapping} is kept. */
    boolean keeps(Mapping mapping) {
        return !Span.common(List.of(new Span(mapping.start().value(), mapping.end().value())), kept).isEmpty();
    }

    /** Of the pages that the parent has, where those lie which the task has not got with the memory that it keeps. */
    List<Span> toRead(Pages pages) {
        return Span.without(Span.of(pages.inherited(), List.of()), kept);
    }

    /** Removes what is not kept. The kernel's own pages are not in their places any more. */
    void leave() {
        for (Mapping mapping : had) {
            if (!mapping.kind().isKernels()) {
                for (Span span : missing(mapping)) {
                    task.later("munmap", SyscallNumber.MUNMAP, span.start(), span.length());
                }
            }
        }
    }

    /** Takes away the guards of the parent in what is kept: the task may have contents where they are. */
    void leaveGuards() {
        if (task.memoryOf == null) {
            return;
        }
        List<Span> guards = new ArrayList<>();
        for (GuardRegion guard : task.memoryOf.state.memory().guards()) {
            guards.add(new Span(guard.start().value(), guard.end().value()));
        }
        for (Span span : Span.common(guards, kept)) {
            task.later("madvise MADV_GUARD_REMOVE", SyscallNumber.MADVISE, span.start(), span.length(), MADV_GUARD_REMOVE);
        }
    }

    /** Takes away pages in what is kept that the task, with contents {@code own}, had not: its parent's are {@code parents}. */
    void forget(Pages own, Pages parents) {
        List<Span> alien = Span.without(Span.common(Span.of(parents.runs(), parents.inherited()), kept),
                Span.of(own.runs(), own.inherited()));
        for (Span span : alien) {
            task.later("madvise MADV_DONTNEED", SyscallNumber.MADVISE, span.start(), span.length(), MADV_DONTNEED);
        }
    }
}
