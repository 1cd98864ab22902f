package dev.stasis.host.task.read;

import dev.stasis.host.state.MemoryPolicy;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.ProcFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads from which NUMA nodes threads and mappings take their memory. Only where there are several nodes: with one, a policy says
 * nothing, and looking for it would have the kernel walk through all page tables. The system property {@code stasis.numa} has it
 * looked for all the same.
 */
final class MemoryPolicyReader {
    private static final boolean MATTERS = Boolean.getBoolean("stasis.numa") || hasSeveralNodes();
    private static final int OF_ADDRESS = 2; // MPOL_F_ADDR
    private static final int MOST_NODES = 1024;

    private final RemoteCalls calls;
    private RemoteAddress answer;

    MemoryPolicyReader(RemoteCalls calls) {
        this.calls = calls;
    }

    private static boolean hasSeveralNodes() {
        try {
            String nodes = Files.readString(Path.of("/sys/devices/system/node/has_memory")).strip();
            return nodes.indexOf(',') >= 0 || nodes.indexOf('-') >= 0;
        } catch (IOException e) {
            return false; // a kernel without NUMA
        }
    }

    /** That of the thread which makes the calls. */
    MemoryPolicy ofThread() {
        return MATTERS ? ask(0, 0) : MemoryPolicy.DEFAULT;
    }

    /** That of the mapping that begins at {@code start}, one of {@link #candidates}. */
    MemoryPolicy ofMapping(RemoteAddress start) {
        return ask(start.value(), OF_ADDRESS);
    }

    /** Where those mappings of {@code pid} begin that may have a policy of their own. */
    static Set<RemoteAddress> candidates(Pid pid) {
        return MATTERS ? candidates(new String(ProcFile.read(pid, "numa_maps"), StandardCharsets.ISO_8859_1)) : Set.of();
    }

    /** The same out of the text of /proc/PID/numa_maps, which names a thread's own policy where a mapping has none. */
    static Set<RemoteAddress> candidates(String numaMaps) {
        Set<RemoteAddress> candidates = new HashSet<>();
        int at = 0;
        while (at < numaMaps.length()) {
            int blank = numaMaps.indexOf(' ', at);
            int end = numaMaps.indexOf('\n', at);
            end = end < 0 ? numaMaps.length() : end;
            if (blank > 0 && blank < end && !numaMaps.startsWith("default", blank + 1)) {
                candidates.add(new RemoteAddress(Long.parseUnsignedLong(numaMaps.substring(at, blank), 16)));
            }
            at = end + 1;
        }
        return candidates;
    }

    private MemoryPolicy ask(long address, int flags) {
        if (answer == null) {
            answer = calls.lend(Long.BYTES + MOST_NODES / 8);
        }
        long result = calls.tryCall(SyscallNumber.GET_MEMPOLICY, answer.value(), answer.value() + Long.BYTES, MOST_NODES, address, flags);
        if (result < 0) {
            return MemoryPolicy.DEFAULT; // a kernel without NUMA
        }
        byte[] bytes = calls.read(answer, Long.BYTES + MOST_NODES / 8);
        int mode = Bytes.intAt(bytes, 0);
        return mode == 0 ? MemoryPolicy.DEFAULT : new MemoryPolicy(mode, nodes(bytes));
    }

    private static List<Long> nodes(byte[] bytes) {
        List<Long> nodes = new ArrayList<>();
        for (int at = bytes.length - Long.BYTES; at >= Long.BYTES; at -= Long.BYTES) {
            long word = Bytes.longAt(bytes, at);
            if (word != 0 || !nodes.isEmpty()) {
                nodes.add(0, word);
            }
        }
        return nodes;
    }
}
