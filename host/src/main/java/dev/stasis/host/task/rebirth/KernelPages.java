package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.Pages;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.ptrace.CallSite;
import dev.stasis.linux.ptrace.CallSiteSearch;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.Arrays;
import java.util.List;

/**
 * Moves the kernel's own pages (vdso, vvar, vvar_vclock) to where the task knew them. Programs jump into them at addresses
 * that they looked up once, so they must be the very same code: another kernel's are refused.
 */
final class KernelPages {
    private static final int MREMAP_MAYMOVE_FIXED = 3;

    private final Newborn task;
    private final List<Ground.KernelArea> parked;

    KernelPages(Newborn task, List<Ground.KernelArea> parked) {
        this.task = task;
        this.parked = parked;
    }

    /** Moves them to where {@code mappings} have them and removes those that the task does not have. */
    void moveHome(List<Mapping> mappings, Pages pages) {
        requireSame(mappings, pages);
        if (find(mappings, Mapping.Kind.VDSO) == null) {
            leaveVdso(mappings);
        }
        for (Ground.KernelArea area : parked) {
            Mapping home = find(mappings, area.kind());
            if (home == null) {
                task.later("munmap", SyscallNumber.MUNMAP, area.start().value(), area.length());
            } else {
                move(area, home);
            }
        }
    }

    /** Moves them back to where they were parked, from where {@code mappings}, those of the parent, have them. */
    void park(List<Mapping> mappings) {
        for (Ground.KernelArea area : parked) {
            Mapping home = find(mappings, area.kind());
            if (home != null) {
                task.later("mremap", SyscallNumber.MREMAP, home.start().value(), area.length(), area.length(),
                        MREMAP_MAYMOVE_FIXED, area.start().value());
                if (area.kind() == Mapping.Kind.VDSO) {
                    long offset = task.site().syscall().value() - home.start().value();
                    task.moveTo(CallSite.of(area.start().plus(offset)));
                }
            }
        }
    }

    /** Whether {@code mappings} have all of them, so that they can be moved back. */
    boolean areAllIn(List<Mapping> mappings) {
        for (Ground.KernelArea area : parked) {
            if (find(mappings, area.kind()) == null) {
                return false;
            }
        }
        return true;
    }

    private void move(Ground.KernelArea area, Mapping home) {
        task.later("mremap", SyscallNumber.MREMAP, area.start().value(), area.length(), area.length(), MREMAP_MAYMOVE_FIXED,
                home.start().value());
        if (area.kind() == Mapping.Kind.VDSO) {
            long offset = task.site().syscall().value() - area.start().value();
            task.moveTo(CallSite.of(home.start().plus(offset)));
        }
    }

    /** A task that once unmapped its vdso makes its last calls from its own code. */
    private void leaveVdso(List<Mapping> mappings) {
        task.settle();
        CallSiteSearch search = new CallSiteSearch(task.memory);
        for (Mapping mapping : mappings) {
            if ((mapping.protection() & 4) != 0 && !mapping.kind().isKernels()) {
                search.offer(mapping.start(), mapping.length());
            }
        }
        if (search.result().isEmpty()) {
            throw differs("it has no vdso, and no instruction in its code calls the kernel");
        }
        task.moveTo(CallSite.of(search.result().get().syscall()));
    }

    private void requireSame(List<Mapping> mappings, Pages pages) {
        for (Mapping mapping : mappings) {
            if (mapping.kind().isKernels() && mapping.kind() != Mapping.Kind.VSYSCALL) {
                Ground.KernelArea area = find(mapping.kind());
                if (area == null || area.length() != mapping.length()) {
                    throw differs("its " + mapping.kind() + " has " + mapping.length() + " bytes, here "
                            + (area == null ? "there is none" : "it has " + area.length()));
                }
                if (mapping.kind() == Mapping.Kind.VDSO) {
                    requireSameCode(mapping, area, pages);
                }
            }
        }
    }

    /** Compares the code where the image holds it, which may be in a row with pages of mappings beside it. */
    private void requireSameCode(Mapping mapping, Ground.KernelArea area, Pages pages) {
        for (PageRun run : pages.runs()) {
            long start = Math.max(run.start().value(), mapping.start().value());
            long common = Math.min(run.start().value() + run.length(), mapping.end().value()) - start;
            if (common > 0) {
                int length = (int) common;
                NativeMemory image = NativeMemory.allocate(length);
                FileCalls.readAt(pages.descriptor(), image, length, run.imageOffset() + start - run.start().value());
                int from = (int) (start - mapping.start().value());
                if (!Arrays.equals(image.get(0, length), Arrays.copyOfRange(area.code(), from, from + length))) {
                    throw differs("its vdso holds other code than this kernel's");
                }
            }
        }
    }

    private StasisException differs(String reason) {
        return new StasisException(new Problem(RebirthError.KERNEL_DIFFERS, RestorePlan.subject(task.state), reason,
                "restore under the kernel that ran when it was dumped"));
    }

    private Ground.KernelArea find(Mapping.Kind kind) {
        for (Ground.KernelArea area : parked) {
            if (area.kind() == kind) {
                return area;
            }
        }
        return null;
    }

    private static Mapping find(List<Mapping> mappings, Mapping.Kind kind) {
        for (Mapping mapping : mappings) {
            if (mapping.kind() == kind) {
                return mapping;
            }
        }
        return null;
    }
}
