package dev.stasis.linux.proc;

import dev.stasis.linux.process.ProcessCalls;
import java.nio.charset.StandardCharsets;

/** The most memory that a process had at once. */
public final class PeakMemory {

    private PeakMemory() {}

    /** That of this process, in bytes: VmHWM of /proc/self/status. @see proc_pid_status(5) */
    public static long ofSelf() {
        String status = new String(ProcFile.read(ProcessCalls.self(), "status"), StandardCharsets.ISO_8859_1);
        int start = status.indexOf("\nVmHWM:") + "\nVmHWM:".length();
        int end = status.indexOf(" kB", start);
        return Long.parseLong(status.substring(start, end).strip()) << 10;
    }
}
