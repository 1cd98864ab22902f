package dev.stasis.host.task.read;

import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.spi.Problem;
import java.util.List;

/** Finds mappings that cannot be kept. */
final class MemoryGuard {
    private final FrozenTask task;
    private final List<Problem> problems;

    MemoryGuard(FrozenTask task, List<Problem> problems) {
        this.task = task;
        this.problems = problems;
    }

    void check() {
        for (MemoryArea area : task.areas()) {
            if (area.hasInode()) {
                checkFile(area);
            }
            checkFlags(area);
        }
    }

    private void checkFile(MemoryArea area) {
        if (area.path().startsWith("anon_inode:[io_uring]")) {
            add(GuardError.IO_URING, area, "it belongs to an io_uring", "switch io_uring off in the program");
        } else if (area.path().startsWith("/[aio]")) {
            add(GuardError.ASYNCHRONOUS_IO, area, "it belongs to an asynchronous I/O context (io_setup)",
                    "switch native asynchronous I/O off in the program");
        } else if (area.path().startsWith("/secretmem")) {
            add(GuardError.SECRET_MEMORY, area, "it is secret memory (memfd_secret), which nobody else can read", "");
        }
    }

    private void checkFlags(MemoryArea area) {
        if (area.has("ht")) {
            add(GuardError.HUGETLB_MEMORY, area, "it is made of hugetlb pages",
                    "run the program with transparent huge pages instead");
        }
        if (area.has("um") || area.has("uw") || area.has("ui")) {
            add(GuardError.USERFAULTFD, area, "a userfaultfd watches it", "");
        }
        if (area.has(MemoryArea.PROTECTION_KEY)) {
            add(GuardError.PROTECTION_KEY, area, "a protection key guards it (pkey_mprotect)",
                    "switch the use of memory protection keys off in the program");
        }
        if (area.has("ss")) {
            add(GuardError.SHADOW_STACK, area, "it is a shadow stack",
                    "start the program with GLIBC_TUNABLES=glibc.cpu.x86_shstk=off");
        }
        if ((area.has("io") || area.has("pf")) && !area.path().startsWith("[vvar")) {
            add(GuardError.DEVICE_MEMORY, area, "it shows the memory of a device (" + area.path() + ")", "");
        }
    }

    private void add(GuardError code, MemoryArea area, String reason, String help) {
        problems.add(new Problem(code, "mapping " + area.start() + "-" + area.end() + " of task " + task.pid(), reason, help));
    }
}
