package dev.stasis.host.cli;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import java.nio.charset.StandardCharsets;

/**
 * Ends this process when its work was asked to stop and does not, because it waits in the kernel for something that does not come:
 * for a file server that does not answer, or for the very tree that stands still. The death of this process harms no tree (see
 * docs/architecture.md); for a thread that waits there is nothing else.
 */
final class StuckWork implements Runnable {
    private static final long PAUSE_MILLIS = 200;
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    /** It waits for another thread of this process, which may have much to do. */
    private static final long PATIENCE_WITH_THREADS_NANOS = 30_000_000_000L;
    private static final String FUTEX = "202 ";
    private static final String WORKER = "stasis-tracer\n";

    private final Interruption interruption;
    private final Pid process = ProcessCalls.self();

    StuckWork(Interruption interruption) {
        this.interruption = interruption;
    }

    /** Watches until the work ends. */
    @Override
    public void run() {
        Pid worker = worker();
        String seen = "";
        long since = System.nanoTime();
        while (worker != null && interruption.isWorking()) {
            String now = read(worker, "schedstat");
            String call = read(worker, "syscall");
            if (!now.equals(seen)) {
                seen = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > (call.startsWith(FUTEX) ? PATIENCE_WITH_THREADS_NANOS : PATIENCE_NANOS)) {
                interruption.giveUp("its work waits in the kernel" + where(worker, call));
            }
            pause();
        }
    }

    private Pid worker() {
        for (Pid thread : ProcFile.threads(process)) {
            if (read(thread, "comm").equals(WORKER)) {
                return thread;
            }
        }
        return null;
    }

    private String read(Pid thread, String name) {
        return new String(ProcFile.tryRead(process, "task/" + thread + "/" + name).orElse(new byte[0]), StandardCharsets.ISO_8859_1);
    }

    /** Such as {@code , in request_wait_answer, system call 332 on /mnt/a}, as far as that can be told without touching anything. */
    private String where(Pid worker, String call) {
        String function = read(worker, "wchan");
        String[] words = call.split(" ");
        String text = function.length() > 1 ? ", in " + function : "";
        if (words.length < 2) {
            return text;
        }
        return text + ", system call " + words[0] + file(words[1]);
    }

    private static String file(String argument) {
        try {
            return " on " + FileCalls.readLink(UnixPath.of("/proc/self/fd/" + Integer.decode(argument)));
        } catch (NumberFormatException | KernelException e) {
            return ""; // its first argument is no descriptor
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
