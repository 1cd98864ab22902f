package dev.stasis.linux.probe;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import dev.stasis.linux.notify.QueuePeek;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks the kernel for the features that a dump or a restore uses. Changes nothing; any thread may ask. */
public final class KernelProbe {
    private static final int PAGEMAP_SCAN = 0xc0606610;
    private static final int PAGEMAP_SCAN_ARGUMENT_SIZE = 96;
    private static final int PR_SET_MM = 35;
    private static final int PR_SET_MM_MAP_SIZE = 15;
    private static final int PR_TIMER_CREATE_RESTORE_IDS = 77;
    private static final int PR_TIMER_CREATE_RESTORE_IDS_GET = 2;

    private final List<Feature> features = new ArrayList<>();

    private KernelProbe() {}

    /** All features, in the order in which they matter to people. */
    public static List<Feature> features() {
        KernelProbe probe = new KernelProbe();
        probe.machine();
        probe.calls();
        probe.procFiles();
        probe.settings();
        return List.copyOf(probe.features);
    }

    private void machine() {
        String machine = System.getProperty("os.arch");
        require("x86-64", machine.equals("amd64") || machine.equals("x86_64"), "know the registers and calls of a task",
                "this is " + machine + "; other machines are not supported");
    }

    private void calls() {
        require("pidfd_open", isKnown(Syscalls.call2(SyscallNumber.PIDFD_OPEN, -1, 0)), "hold on to a process", since("5.3"));
        require("pidfd_getfd", isKnown(Syscalls.call3(SyscallNumber.PIDFD_GETFD, -1, 0, 0)), "share open files with a task",
                since("5.6"));
        require("clone3", isKnown(Syscalls.call2(SyscallNumber.CLONE3, 0, 0)), "create a task with the pid it had",
                since("5.5"));
        require("close_range", isKnown(Syscalls.call3(SyscallNumber.CLOSE_RANGE, 1, 0, 0)), "start a task without files",
                since("5.9"));
        require("kcmp", isKnown(Syscalls.call5(SyscallNumber.KCMP, -1, -1, 0, 0, 0)), "see which descriptors share a file",
                configured("CONFIG_KCMP"));
        require("PR_SET_MM_MAP", memoryMapCall(), "set the bounds of a task's memory", configured("CONFIG_CHECKPOINT_RESTORE"));
        require("PAGEMAP_SCAN", pagemapScan(), "find the pages that hold something", since("6.7"));
        wish("PR_TIMER_CREATE_RESTORE_IDS", Syscalls.call5(SyscallNumber.PRCTL, PR_TIMER_CREATE_RESTORE_IDS,
                PR_TIMER_CREATE_RESTORE_IDS_GET, 0, 0, 0) >= 0, "give timers the ids they had in one step", since("6.16"));
        wish("bpf with BTF", queuePeek(), "look into inotify queues without emptying them",
                configured("CONFIG_BPF_SYSCALL and CONFIG_DEBUG_INFO_BTF") + ", not be locked down, and CAP_BPF and CAP_PERFMON be there");
    }

    /** By trying: whether it works is a matter of the kernel's options, of lockdown and of privileges. */
    private static boolean queuePeek() {
        try {
            QueuePeek.open().close();
            return true;
        } catch (KernelException e) {
            return false;
        }
    }

    private static boolean memoryMapCall() {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserveCleared(Long.BYTES);
        return Syscalls.call5(SyscallNumber.PRCTL, PR_SET_MM, PR_SET_MM_MAP_SIZE, scratch.address(offset), 0, 0) == 0;
    }

    private static boolean pagemapScan() {
        Optional<Fd> opened = FileCalls.tryOpen(UnixPath.of("/proc/self/pagemap"), OpenFlags.RDONLY);
        if (opened.isEmpty()) {
            return false;
        }
        try (Fd pagemap = opened.get()) {
            Scratch scratch = Scratch.take();
            int offset = scratch.reserveCleared(PAGEMAP_SCAN_ARGUMENT_SIZE);
            long result = Syscalls.call3(SyscallNumber.IOCTL, pagemap.number(), PAGEMAP_SCAN, scratch.address(offset));
            return result != -Errno.ENOTTY.number();
        }
    }

    private void procFiles() {
        require("/proc/PID/map_files", exists("/proc/self/map_files"), "reach mapped files",
                configured("CONFIG_CHECKPOINT_RESTORE"));
        require("/proc/PID/timers", exists("/proc/self/timers"), "see a task's timers", configured("CONFIG_POSIX_TIMERS"));
        require("/proc/PID/task/TID/children", exists("/proc/thread-self/children"), "find the tasks below another",
                configured("CONFIG_PROC_CHILDREN"));
    }

    private void settings() {
        require("ptrace", !"3".equals(setting("/proc/sys/kernel/yama/ptrace_scope")), "attach to a task",
                "kernel.yama.ptrace_scope is 3, which forbids it to everyone until the next start of the machine");
        require("memfd programs", !"2".equals(setting("/proc/sys/vm/memfd_noexec")), "start the first task of a restore",
                "set vm.memfd_noexec to 1 or 0");
    }

    private void require(String name, boolean present, String purpose, String help) {
        features.add(new Feature(name, present, true, purpose, help));
    }

    private void wish(String name, boolean present, String purpose, String help) {
        features.add(new Feature(name, present, false, purpose, help));
    }

    private static String since(String version) {
        return "kernels from " + version + " on have it";
    }

    private static String configured(String option) {
        return "the kernel must be built with " + option;
    }

    private static boolean isKnown(long result) {
        return result != -Errno.ENOSYS.number();
    }

    private static boolean exists(String path) {
        return FileCalls.tryLinkStatus(UnixPath.of(path)).isPresent();
    }

    /** The value of a kernel setting without the line end; null when this kernel does not have it. */
    private static String setting(String path) {
        Optional<Fd> opened = FileCalls.tryOpen(UnixPath.of(path), OpenFlags.RDONLY);
        if (opened.isEmpty()) {
            return null;
        }
        try (Fd file = opened.get()) {
            return new String(FileCalls.read(file, 64), StandardCharsets.US_ASCII).strip();
        }
    }
}
