package dev.stasis.host.task.rebirth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.SpawnRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundTripTest {
    private static final int SIGTERM = 15;
    @TempDir
    Path directory;

    private final List<Pid> started = new ArrayList<>();

    @AfterEach
    void endThem() {
        for (Pid pid : started) {
            ProcessCalls.kill(pid, 9);
            ProcessCalls.awaitChild(pid);
        }
    }

    @Test
    void aSleepComesBackWithTheSameFaceInProc() throws Exception {
        Pid pid = start("sleep", "1000");
        awaitState(pid, 'S');
        List<String> maps = maps(pid);
        List<String> status = status(pid);
        String environment = Files.readString(Path.of("/proc/" + pid + "/environ"));
        try (RoundTrip trip = RoundTrip.take(pid)) {
            ProcessCalls.awaitChild(pid);
            trip.back(false);
            awaitState(pid, 'S');
            assertThat(maps(pid)).isEqualTo(maps);
            assertThat(status(pid)).isEqualTo(status);
            assertThat(Files.readString(Path.of("/proc/" + pid + "/environ"))).isEqualTo(environment);
        }
    }

    @Test
    void aSleepGoesOnForTheRestOfItsTime() throws Exception {
        Pid pid = start("sleep", "0.7");
        awaitState(pid, 'S');
        try (RoundTrip trip = RoundTrip.take(pid)) {
            ProcessCalls.awaitChild(pid);
            trip.back(false);
            assertThat(ProcessCalls.awaitChild(pid)).hasValueSatisfying(exit -> assertThat(exit.status()).isZero());
        }
    }

    @Test
    void aTreeAskedToStayStoppedWaitsForSigcont() throws Exception {
        Pid pid = start("sleep", "1000");
        awaitState(pid, 'S');
        try (RoundTrip trip = RoundTrip.take(pid)) {
            ProcessCalls.awaitChild(pid);
            trip.back(true);
            awaitState(pid, 'T');
            ProcessCalls.kill(pid, 18);
            awaitState(pid, 'S');
        }
    }

    @Test
    void threadsThatCountGoOnWithoutAGapOrARepeat() throws Exception {
        Path script = Files.writeString(directory.resolve("count.py"), """
                import threading, time, sys
                def count(name):
                    with open(sys.argv[1] + name, 'w', buffering=1) as out:
                        n = 0
                        while True:
                            out.write('%d\\n' % n)
                            n += 1
                            time.sleep(0.001)
                threads = [threading.Thread(target=count, args=(str(i),)) for i in range(3)]
                for t in threads: t.start()
                for t in threads: t.join()
                """);
        Pid pid = start("python3", script.toString(), directory.resolve("out").toString());
        awaitLines(20);
        for (int round = 0; round < 3; round++) {
            try (RoundTrip trip = RoundTrip.take(pid)) {
                ProcessCalls.awaitChild(pid);
                long before = lines(0);
                assertThat(trip.tasks().get(0).threads()).hasSize(4);
                trip.back(false);
                awaitLines(before + 20);
            }
        }
        ProcessCalls.kill(pid, 19);
        awaitState(pid, 'T');
        for (int i = 0; i < 3; i++) {
            List<String> lines = Files.readAllLines(directory.resolve("out" + i));
            for (int n = 0; n < lines.size(); n++) {
                assertThat(lines.get(n)).isEqualTo(Integer.toString(n));
            }
        }
    }

    @Test
    void aShellFindsItsChildrenAgain() throws Exception {
        Path out = directory.resolve("shell");
        Pid pid = start("bash", "-c", "(exit 5) & first=$!; sleep 1000 & wait $!; echo slept $? >> " + out
                + "; wait $first; echo first $? >> " + out);
        Pid sleep = awaitChild(pid, "sleep");
        boolean before = ProcessCalls.adoptOrphans(true);
        try (RoundTrip trip = RoundTrip.take(pid)) {
            for (TaskState task : trip.tasks()) {
                ProcessCalls.awaitChild(task.pid());
            }
            trip.back(false);
            ProcessCalls.kill(sleep, SIGTERM);
            ProcessCalls.awaitChild(pid);
            assertThat(Files.readAllLines(out)).containsExactly("slept 143", "first 5");
        } finally {
            ProcessCalls.adoptOrphans(before);
        }
    }

    private Pid start(String... command) {
        UnixPath out = UnixPath.of(directory.resolve("stdout").toString());
        try (Fd nothing = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDONLY, 0);
                Fd output = FileCalls.open(out, OpenFlags.WRONLY.with(OpenFlags.CREAT), 0600)) {
            Pid pid = new SpawnRequest(UnixPath.of("/usr/bin/" + command[0]), List.of(command), List.of("LANG=C", "GREETING=hello"),
                    UnixPath.of(directory.toString()), nothing, output).spawn();
            started.add(pid);
            return pid;
        }
    }

    private static void awaitState(Pid pid, char state) throws Exception {
        while (true) {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            if (stat.charAt(stat.lastIndexOf(')') + 2) == state) {
                return;
            }
            Thread.sleep(1);
        }
    }

    /** Waits until {@code pid} has a child {@code name} that sleeps. Others may come and go meanwhile. */
    private static Pid awaitChild(Pid pid, String name) throws Exception {
        while (true) {
            for (Pid child : ProcFile.children(pid)) {
                Optional<TaskStat> stat = ProcFile.tryRead(child, "stat").map(TaskStat::parse);
                if (stat.isPresent() && stat.get().name().equals(name) && stat.get().state() == 'S') {
                    return child;
                }
            }
            Thread.sleep(1);
        }
    }

    private void awaitLines(long count) throws Exception {
        for (int i = 0; i < 3; i++) {
            while (!Files.exists(directory.resolve("out" + i)) || lines(i) < count) {
                Thread.sleep(1);
            }
        }
    }

    private long lines(int i) throws IOException {
        byte[] bytes = Files.readAllBytes(directory.resolve("out" + i));
        long lines = 0;
        for (byte b : bytes) {
            lines += b == '\n' ? 1 : 0;
        }
        return lines;
    }

    /** Mappings with their VmFlags. */
    private static List<String> maps(Pid pid) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps"))) {
            if (Character.isLowerCase(line.charAt(0)) || Character.isDigit(line.charAt(0)) || line.startsWith("VmFlags")) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static List<String> status(Pid pid) throws IOException {
        List<String> kept = Arrays.asList("Name:", "Umask:", "Tgid:", "Pid:", "Uid:", "Gid:", "FDSize:", "Groups:", "Threads:", "SigPnd:",
                "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:",
                "Cpus_allowed:", "VmSize:", "VmLck:", "VmData:", "VmStk:", "VmExe:", "THP_enabled:");
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (kept.contains(line.substring(0, line.indexOf(':') + 1))) {
                lines.add(line);
            }
        }
        return lines;
    }
}
