package dev.stasis.testkit;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ChildCalls;
import dev.stasis.linux.process.ProcessCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** The processes below this one. This process must be their subreaper, so that none escapes by losing its parent. */
final class Descendants {
    private static final int SIGKILL = 9;
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private Descendants() {}

    /** All there are now, zombies too. */
    static Set<Pid> now() {
        return ProcessHandle.current().descendants().map(process -> new Pid((int) process.pid()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** {@code root} and all below it, zombies too. */
    static List<Pid> of(Pid root) {
        List<Pid> found = new ArrayList<>(List.of(root));
        for (int i = 0; i < found.size(); i++) {
            found.addAll(ProcFile.children(found.get(i)));
        }
        return found;
    }

    /**
     * Kills and reaps all but {@code kept}, again and again until no new one comes to light: killing a parent makes its
     * children ours. Returns a line for each that was found.
     */
    static List<String> endAllBut(Set<Pid> kept) {
        List<String> found = new ArrayList<>();
        Set<Pid> done = new TreeSet<>(kept);
        for (Set<Pid> rest = restOf(done); !rest.isEmpty(); rest = restOf(done)) {
            for (Pid pid : rest) {
                found.add("process " + pid + " " + name(pid));
                end(pid);
                done.add(pid);
            }
        }
        return found;
    }

    /**
     * Waits until all but {@code kept} have ended, and reaps them. Ends earlier with the first that is stopped by a
     * signal, because that one stays. Fails when one neither ends nor stops.
     */
    static Optional<Pid> awaitEndOfAllBut(Set<Pid> kept) {
        long deadline = System.nanoTime() + Program.LIMIT.toNanos();
        for (Set<Pid> rest = restOf(kept); !rest.isEmpty(); rest = restOf(kept)) {
            for (Pid pid : rest) {
                if (state(pid).equals(Optional.of('T'))) {
                    return Optional.of(pid);
                }
                reap(pid);
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("still there after " + Program.LIMIT + ": " + rest);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return Optional.empty();
    }

    private static void reap(Pid pid) {
        Optional<Fd> pidfd = ProcessCalls.tryPidfd(pid);
        if (pidfd.isPresent()) {
            try (Fd held = pidfd.get()) {
                ChildCalls.tryReap(held);
            }
        }
    }

    /** The letter of the state of {@code pid}: T is stopped by a signal, t by a tracer, Z a zombie. Empty when it is gone. */
    static Optional<Character> state(Pid pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            return Optional.of(stat.charAt(stat.lastIndexOf(')') + 2));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static Set<Pid> restOf(Set<Pid> done) {
        Set<Pid> rest = now();
        rest.removeAll(done);
        return rest;
    }

    private static String name(Pid pid) {
        return ProcessHandle.of(pid.number()).flatMap(process -> process.info().commandLine()).orElse("(no command line)");
    }

    private static void end(Pid pid) {
        Optional<Fd> pidfd = ProcessCalls.tryPidfd(pid);
        if (pidfd.isEmpty()) {
            return;
        }
        try (Fd held = pidfd.get()) {
            ProcessCalls.kill(pid, SIGKILL);
            if (!ChildCalls.awaitEnd(held, Program.LIMIT)) {
                throw new AssertionError("process " + pid + " cannot be killed");
            }
            ChildCalls.tryReap(held);
        }
    }
}
