package dev.stasis.testkit;

import dev.stasis.linux.Pid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What /proc tells of a process at one moment, fact by fact: its mappings with their flags, status, stat and limits of each
 * thread, auxiliary vector, descriptors; of a zombie all that is left. Two snapshots of a process that stood still are compared by {@link #differences}.
 *
 * @param facts by name, such as {@code task/17/status/SigBlk} or {@code fdinfo/3}
 */
public record ProcessSnapshot(Map<String, String> facts) {
    private static final List<String> WHOLE_FILES =
            List.of("limits", "cmdline", "environ", "auxv", "personality", "coredump_filter", "oom_score_adj", "comm");
    private static final List<String> FILES_OF_A_ZOMBIE = List.of("limits", "personality", "oom_score_adj");
    private static final List<String> LINKS = List.of("exe", "cwd", "root", "ns/mnt", "ns/pid", "ns/net", "ns/ipc", "ns/uts",
            "ns/user", "ns/cgroup", "ns/time");
    private static final List<String> STAT_NAMES = List.of("pid", "comm", "state", "ppid", "pgrp", "session", "tty_nr", "tpgid",
            "flags", "minflt", "cminflt", "majflt", "cmajflt", "utime", "stime", "cutime", "cstime", "priority", "nice",
            "num_threads", "itrealvalue", "starttime", "vsize", "rss", "rsslim", "startcode", "endcode", "startstack",
            "kstkesp", "kstkeip", "signal", "blocked", "sigignore", "sigcatch", "wchan", "nswap", "cnswap", "exit_signal",
            "processor", "rt_priority", "policy", "delayacct_blkio_ticks", "guest_time", "cguest_time", "start_data",
            "end_data", "start_brk", "arg_start", "arg_end", "env_start", "env_end", "exit_code");

    public ProcessSnapshot {
        facts = Map.copyOf(facts);
    }

    /** What /proc tells of {@code pid} now. The process should stand still: it is read file by file. */
    public static ProcessSnapshot of(Pid pid) {
        Map<String, String> facts = new TreeMap<>();
        Path proc = Path.of("/proc/" + pid);
        try {
            if (isZombie(proc)) {
                zombie(proc, facts);
                return new ProcessSnapshot(facts);
            }
            for (String file : WHOLE_FILES) {
                facts.put(file, read(proc.resolve(file)));
            }
            for (String link : LINKS) {
                facts.put(link, Files.readSymbolicLink(proc.resolve(link)).toString());
            }
            MemoryObjects objects = new MemoryObjects();
            mappings(proc, objects, facts);
            descriptors(proc, objects, facts);
            timers(proc, facts);
            for (Path task : list(proc.resolve("task"))) {
                thread(task, "task/" + task.getFileName() + "/", facts);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ProcessSnapshot(facts);
    }

    /** Whether it has ended: only its stat and status are left then. */
    private static boolean isZombie(Path proc) throws IOException {
        String stat = read(proc.resolve("stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    }

    /**
     * Of the signals that wait for it only those that it blocked: the one that ended it may be told there or not, by whether
     * it was told to end while it slept, while it ran or while it was traced.
     */
    private static void zombie(Path proc, Map<String, String> facts) throws IOException {
        for (String file : FILES_OF_A_ZOMBIE) {
            facts.put(file, read(proc.resolve(file)));
        }
        thread(proc, "", facts);
        int deadly = Integer.parseInt(facts.get("stat/exit_code")) & 0x7f;
        long blocked = mask(facts, "SigBlk") & ~(deadly == 0 ? 0 : 1L << (deadly - 1));
        facts.remove("stat/signal");
        facts.replace("status/SigPnd", Long.toHexString(mask(facts, "SigPnd") & blocked));
        facts.replace("status/ShdPnd", Long.toHexString(mask(facts, "ShdPnd") & blocked));
    }

    private static long mask(Map<String, String> facts, String field) {
        return Long.parseUnsignedLong(facts.get("status/" + field), 16);
    }

    private static void mappings(Path proc, MemoryObjects objects, Map<String, String> facts) throws IOException {
        String area = "";
        for (String line : read(proc.resolve("smaps")).split("\n")) {
            if (Character.isLowerCase(line.charAt(0)) || Character.isDigit(line.charAt(0))) {
                area = line.substring(0, line.indexOf(' '));
                facts.put("maps/" + area, objects.inMapping(line.substring(area.length() + 1)));
            } else if (line.startsWith("VmFlags:")) {
                facts.put("flags/" + area, line.substring(8).strip());
            }
        }
    }

    private static void descriptors(Path proc, MemoryObjects objects, Map<String, String> facts) throws IOException {
        for (Path fd : list(proc.resolve("fd"))) {
            String name = fd.getFileName().toString();
            String target = Files.readSymbolicLink(fd).toString();
            facts.put("fd/" + name, target);
            facts.put("fdinfo/" + name, objects.inDescriptor(target, read(proc.resolve("fdinfo").resolve(name))));
        }
    }

    /** By number: the order in which the kernel lists them tells in which they were made, which is nobody's business. */
    private static void timers(Path proc, Map<String, String> facts) throws IOException {
        for (String timer : read(proc.resolve("timers")).split("(?m)^ID: ")) {
            if (!timer.isEmpty()) {
                facts.put("timers/" + timer.substring(0, timer.indexOf('\n')), timer);
            }
        }
    }

    private static void thread(Path task, String prefix, Map<String, String> facts) throws IOException {
        for (String line : read(task.resolve("status")).split("\n")) {
            int colon = line.indexOf(':');
            facts.put(prefix + "status/" + line.substring(0, colon), line.substring(colon + 1).strip());
        }
        String stat = read(task.resolve("stat")).strip();
        int comm = stat.lastIndexOf(')');
        String[] fields = stat.substring(comm + 2).split(" ");
        for (int i = 0; i < fields.length; i++) {
            facts.put(prefix + "stat/" + STAT_NAMES.get(i + 2), fields[i]);
        }
        facts.put(prefix + "comm", read(task.resolve("comm")));
        // Only directories of /proc itself have it, and each thread has one there, though it is not listed.
        Path thread = Path.of("/proc").resolve(task.getFileName());
        facts.put(prefix + "timerslack_ns", readOr(thread.resolve("timerslack_ns"), "(not told)"));
    }

    /** A line for each fact that the snapshots tell otherwise and that no tolerance covers, with both values. */
    public List<String> differences(ProcessSnapshot after, List<Tolerance> tolerances) {
        Set<String> names = new TreeSet<>(facts.keySet());
        names.addAll(after.facts.keySet());
        List<String> lines = new ArrayList<>();
        for (String name : names) {
            String was = facts.getOrDefault(name, "(absent)");
            String is = after.facts.getOrDefault(name, "(absent)");
            if (!was.equals(is) && tolerances.stream().noneMatch(tolerance -> tolerance.covers(name))) {
                lines.add(name + ": " + was + " -> " + is);
            }
        }
        return lines;
    }

    /**
     * A fact that may differ.
     *
     * @param fact its name or the end of it, such as {@code stat/utime}
     * @param reason why that is right
     */
    public record Tolerance(String fact, String reason) {
        boolean covers(String name) {
            return name.endsWith(fact);
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    private static String readOr(Path file, String otherwise) {
        try {
            return read(file);
        } catch (IOException e) {
            return otherwise;
        }
    }
}
