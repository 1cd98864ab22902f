package dev.stasis.host.phase;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.CallSite;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.linux.ptrace.StoppedTask;
import dev.stasis.linux.seed.Seed;
import dev.stasis.spi.Log;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A small tree of our own, dumped once and restored again and again, for those who stay: until the code is compiled that runs
 * once for each task, mapping, descriptor or watch. It dies with this process. A rehearsal that fails is of no consequence.
 */
public final class RestoreRehearsal {
    private static final long SIZE_LIMIT = 16 << 20;
    private static final int CHILDREN = 9;
    private static final int FILES = 20;
    private static final int UNTIL_WARM = 40;
    private static final int WATCHES = 200;
    private static final int AT_FDCWD = -100;
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int SIGCHLD = 17;
    private static final int SIGKILL = 9;

    private final Supplier<PluginRegistry> plugins;
    private final Log log;
    /** Parents first. */
    private final List<Pid> tree = new ArrayList<>();

    private RestoreRehearsal(Supplier<PluginRegistry> plugins, Log log) {
        this.plugins = plugins;
        this.log = log;
    }

    /** Rehearses until it is warm; takes a second or two. */
    public static void untilWarm(Supplier<PluginRegistry> plugins, Log log) {
        boolean before = ProcessCalls.adoptOrphans(true); // whom the tree leaves behind: others would take their time to bury them
        try (Fd place = MountCalls.detachedTmpfs(SIZE_LIMIT)) {
            Path images = Path.of("/proc/self/fd/" + place.number());
            RestoreRehearsal rehearsal = new RestoreRehearsal(plugins, log);
            // There may be no plugin for what watches, or no watch left: the rest is worth rehearsing by itself.
            if (!rehearsal.succeeds(images.resolve("watching"), WATCHES)) {
                rehearsal.succeeds(images.resolve("plain"), 0);
            }
        } catch (RuntimeException e) {
            log.debug("rehearsal of a restore: " + e);
        } finally {
            ProcessCalls.adoptOrphans(before);
        }
    }

    private boolean succeeds(Path image, int watches) {
        try {
            run(image, watches);
            return true;
        } catch (RuntimeException e) {
            log.debug("rehearsal of a restore: " + e);
            return false;
        }
    }

    private void run(Path image, int watches) {
        try {
            grow(watches);
            new Dump(plugins.get(), DumpRequest.of(tree.get(0), image), Progress.NONE, log).run();
            for (int i = 0; i < UNTIL_WARM; i++) {
                bury();
                new Restore(plugins, RestoreRequest.of(image), Progress.NONE, log).run();
            }
        } finally {
            bury();
            tree.clear();
        }
    }

    private void bury() {
        for (Pid pid : tree) {
            ProcessCalls.kill(pid, SIGKILL);
        }
        for (Pid pid : tree) {
            ProcessCalls.awaitChild(pid);
        }
    }

    /** All are told to die with their parents: none is traced while it waits to be dumped. */
    private void grow(int watches) {
        Seed seed = Seed.spawn();
        tree.add(seed.pid());
        Registers home = seed.task().registers();
        Injection calls = Injection.begin(seed.task(), seed.callSite());
        calls.call("prctl PR_SET_PDEATHSIG", SyscallNumber.PRCTL, PR_SET_PDEATHSIG, SIGKILL);
        openFiles(calls, seed.pid());
        if (watches > 0) {
            RehearsedWatches.add(watches, calls, seed.pid());
        }
        for (int i = 0; i < CHILDREN; i++) {
            tree.add(bear(calls, seed.callSite(), home));
        }
        calls.end(home, 0).detach();
    }

    private static void openFiles(Injection calls, Pid pid) {
        RemoteAddress path = calls.home().stack().plus(-512);
        try (RemoteMemory memory = RemoteMemory.open(pid)) {
            memory.write(path, "/dev/null\0".getBytes(StandardCharsets.ISO_8859_1));
        }
        for (int i = 0; i < FILES; i++) {
            calls.call("open /dev/null", SyscallNumber.OPENAT, AT_FDCWD, path.value(), 0, 0);
        }
    }

    private static Pid bear(Injection parent, CallSite site, Registers home) {
        Pid pid = new Pid((int) parent.call("clone", SyscallNumber.CLONE, SIGCHLD, 0, 0, 0, 0));
        if (RunningTask.attached(pid).await() instanceof Stop.AtEvent born) {
            Injection calls = Injection.begin(born.task(), site);
            calls.call("prctl PR_SET_PDEATHSIG", SyscallNumber.PRCTL, PR_SET_PDEATHSIG, SIGKILL);
            StoppedTask child = calls.end(home, 0);
            child.detach();
        }
        return pid;
    }
}
