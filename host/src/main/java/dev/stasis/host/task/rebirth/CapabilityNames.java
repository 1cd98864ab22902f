package dev.stasis.host.task.rebirth;

/** The names of capabilities. @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a> */
final class CapabilityNames {
    private static final String[] NAMES = {
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE"};

    private CapabilityNames() {}

    /** Those of {@code set}, one bit each, with commas between. */
    static String of(long set) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < Long.SIZE; i++) {
            if ((set & (1L << i)) != 0) {
                names.append(names.length() == 0 ? "CAP_" : ", CAP_").append(i < NAMES.length ? NAMES[i] : Integer.toString(i));
            }
        }
        return names.toString();
    }
}
