package dev.stasis.endtoend;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What tasks are doing, as /proc tells. */
final class ProcessStates {
    private ProcessStates() {}

    /** The letter of the state of process or thread {@code tid}; a blank when it is gone. */
    static char of(Pid tid) {
        Optional<byte[]> stat = ProcFile.tryRead(tid, "stat");
        return stat.isEmpty() ? ' ' : TaskStat.parse(stat.get()).state();
    }

    /** Whether a thread of process {@code pid} runs, or is about to. */
    static boolean anyRuns(Pid pid) {
        return ProcFile.threads(pid).stream().anyMatch(thread -> of(thread) == 'R');
    }

    /** Whether {@code tid} waits in system call {@code number}. */
    static boolean waitsIn(Pid tid, int number) {
        Optional<byte[]> call = ProcFile.tryRead(tid, "syscall");
        return call.isPresent() && new String(call.get(), StandardCharsets.ISO_8859_1).startsWith(number + " ");
    }
}
